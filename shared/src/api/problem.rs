//! Errors as problem details (RFC 9457), each with a `code` from a closed list.
//!
//! Programs act on the code alone; `title` and `detail` are for whoever reads a log. The words a person sees
//! belong to each screen.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $text:literal $title:literal,)*) => {
        /// What went wrong, as a closed list.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
            /// A code that this version does not know.
            Unknown(String),
        }

        impl Code {
            /// Every known code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

            /// The HTTP status it is sent with; 500 for an unknown one.
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$variant => $status,)*
                    Self::Unknown(_) => 500,
                }
            }

            /// The code in a few English words.
            pub fn title(&self) -> &str {
                match self {
                    $(Self::$variant => $title,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl FromStr for Code {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(match text {
                    $($text => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                })
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for Code {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for Code {}
    };
}

codes! {
    /// The request's syntax is wrong: not JSON, not a UUID, a header missing.
    Malformed = 400 "malformed" "The request cannot be read",
    /// No access token, or one that is not ours, or one whose session has ended.
    Unauthenticated = 401 "unauthenticated" "Sign in first",
    /// The access token is over: refresh it.
    TokenExpired = 401 "token_expired" "The access token has expired",
    /// No such account or not its password: which of them is not told.
    WrongCredentials = 401 "wrong_credentials" "Account or password is wrong",
    /// The refresh token is unknown, over, or was used before: sign in again.
    RefreshRejected = 401 "refresh_rejected" "The refresh token is not accepted",
    /// The kiosk's signed assertion does not hold.
    AssertionRejected = 401 "assertion_rejected" "The kiosk's assertion is not accepted",
    /// The caller's role or unit does not allow this.
    Forbidden = 403 "forbidden" "Not allowed",
    /// The membership waits for an admin.
    MembershipPending = 403 "membership_pending" "An admin has not approved this yet",
    /// The kiosk was revoked.
    KioskRevoked = 403 "kiosk_revoked" "This kiosk was revoked",
    /// No such route, or nothing of that id in the caller's community.
    NotFound = 404 "not_found" "Not found",
    /// The route exists, not for this method.
    MethodNotAllowed = 405 "method_not_allowed" "Method not allowed",
    /// Something of that name or key is there already.
    AlreadyExists = 409 "already_exists" "It exists already",
    /// The visit is not in a state in which this can be done.
    WrongState = 409 "wrong_state" "Not in this state",
    /// The household has answered before, otherwise.
    AlreadyAnswered = 409 "already_answered" "Answered already",
    /// The journal goes on elsewhere than the kiosk thinks.
    JournalFork = 409 "journal_fork" "The journal does not continue what is held",
    /// The same idempotency key is being worked on.
    Busy = 409 "busy" "The same request is in progress",
    /// The cursor is of another life of the feed, or too old: load a snapshot.
    CursorGone = 410 "cursor_gone" "Load a snapshot",
    /// The enrolment code was used.
    EnrolmentUsed = 410 "enrolment_used" "This code was used",
    /// The enrolment code is over.
    EnrolmentExpired = 410 "enrolment_expired" "This code has expired",
    /// The photo was ordered to be forgotten, or is older than photos are kept.
    PhotoErased = 410 "photo_erased" "The photo is to be forgotten",
    /// The link was used, withdrawn or is over.
    LinkGone = 410 "link_gone" "This link is over",
    /// The body is larger than the route takes.
    TooLarge = 413 "too_large" "The request is too large",
    /// The picture has more pixels than are read.
    PictureTooLarge = 413 "picture_too_large" "The picture is too large",
    /// The body is of another media type than the route takes.
    UnsupportedMediaType = 415 "unsupported_media_type" "Unsupported media type",
    /// What was sent as a picture is neither PNG nor JPEG.
    NotAPicture = 415 "not_a_picture" "Neither PNG nor JPEG",
    /// The picture broke off, or is not what it says, or shows nothing.
    PictureDamaged = 422 "picture_damaged" "The picture cannot be read",
    /// The bytes are not those whose digest was told before.
    DigestMismatch = 422 "digest_mismatch" "Not the bytes that were told of",
    /// Readable, but a field's value will not do; `errors` says which.
    Invalid = 422 "invalid" "A value is not acceptable",
    /// The idempotency key came with another request before.
    IdempotencyMismatch = 422 "idempotency_mismatch" "The key was used for another request",
    /// No such enrolment code.
    EnrolmentWrong = 422 "enrolment_wrong" "No such code",
    /// The two sides have no protocol version in common.
    ProtocolUnsupported = 426 "protocol_unsupported" "The protocol version is not spoken here",
    /// Too many tries: wait as `Retry-After` says.
    RateLimited = 429 "rate_limited" "Too many tries",
    /// The server failed; trying again may help.
    Internal = 500 "internal" "The server failed",
    /// The server cannot serve now; trying again will help.
    Unavailable = 503 "unavailable" "The server cannot serve now",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(code) => Ok(code),
            Err(never) => match never {},
        }
    }
}

/// A field whose value will not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Name of the field, as in the request.
    pub field: String,
    /// Why, in a few English words.
    pub reason: String,
}

/// The body of every answer that is not a success: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI of the kind of problem: `urn:gatehouse:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in a few English words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What programs act on.
    pub code: Code,
    /// What was wrong with this request, where there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields that will not do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// The problem of a code, without details.
    pub fn new(code: Code) -> Self {
        Self {
            kind: format!("urn:gatehouse:problem:{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            errors: Vec::new(),
        }
    }
}
