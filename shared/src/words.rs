//! The closed word lists of the wire and the tables, spelled as the owner's document spells them.
//!
//! Each keeps what it does not know (`Unknown`), so that an old kiosk outlives a new server.

use std::{convert::Infallible, fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A word this version does not know: its text in JSON, `#` and its number in CBOR.
            Unknown(String),
        }

        impl $name {
            /// Every known word.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it stands in JSON and in the tables.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

            /// The word's number in CBOR.
            pub fn number(&self) -> u32 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Unknown(text) => text.trim_start_matches('#').parse().unwrap_or(u32::MAX),
                }
            }

            /// The word of a CBOR number.
            pub fn from_number(number: u32) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    other => Self::Unknown(format!("#{other}")),
                }
            }

            /// Whether this version knows the word.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(match text {
                    $($text => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                match text.parse() {
                    Ok(word) => Ok(word),
                    Err(never) => match never {},
                }
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.u32(self.number())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Ok(Self::from_number(d.u32()?))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "typescript")]
        impl ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;
            fn name(_: &ts_rs::Config) -> String {
                [$(concat!("\"", $text, "\"")),*].join(" | ")
            }
            fn inline(cfg: &ts_rs::Config) -> String {
                Self::name(cfg)
            }
        }
    )*};
}

words! {
    /// What a person is in a community.
    Role {
        /// Lives here.
        Resident = 1 "RESIDENT",
        /// A guard.
        Security = 2 "SECURITY",
        /// Runs the community.
        Admin = 3 "ADMIN",
    }

    /// Why somebody comes to the gate.
    VisitorType {
        /// A guest of a household.
        Guest = 1 "GUEST",
        /// Brings goods.
        Delivery = 2 "DELIVERY",
        /// Works for a household: a helper, a plumber.
        Service = 3 "SERVICE",
        /// A cab.
        Taxi = 4 "TAXI",
    }

    /// Where a visit stands.
    VisitorStatus {
        /// Waits for an answer.
        Pending = 1 "PENDING",
        /// May come in.
        Approved = 2 "APPROVED",
        /// May not come in.
        Denied = 3 "DENIED",
        /// Was inside and left.
        Exited = 4 "EXITED",
        /// Is inside.
        Inside = 5 "INSIDE",
        /// Nobody answered in time, or the visitor went away.
        Lapsed = 6 "LAPSED",
    }

    /// What a pass needs shown.
    PassMode {
        /// The QR alone, on a phone or on paper; a day code as well.
        Static = 1 "STATIC",
        /// The QR or code of this half minute: a screenshot dies.
        Live = 2 "LIVE",
    }

    /// What a gate is for.
    GateKind {
        /// Both ways.
        Both = 1 "BOTH",
        /// In only.
        Entry = 2 "ENTRY",
        /// Out only.
        Exit = 3 "EXIT",
    }

    /// Which way somebody goes through a gate.
    Direction {
        /// In.
        Entry = 1 "ENTRY",
        /// Out.
        Exit = 2 "EXIT",
    }

    /// Who or what is carried through a gate.
    Subject {
        /// A visitor.
        Visitor = 1 "VISITOR",
        /// A child in somebody's care.
        Child = 2 "CHILD",
        /// Goods without a visitor.
        Goods = 3 "GOODS",
    }

    /// By what somebody was let in.
    Credential {
        /// A pass's QR.
        Qr = 1 "QR",
        /// A pass's QR with the live digits.
        LiveQr = 2 "LIVE_QR",
        /// A pass's code of the day.
        DayCode = 3 "DAY_CODE",
        /// A pass's code of the half minute.
        LiveCode = 4 "LIVE_CODE",
        /// The household's answer over the network.
        Answer = 5 "ANSWER",
        /// The household's spoken six digits.
        Spoken = 6 "SPOKEN",
        /// A guard's word, with a reason.
        Override = 7 "OVERRIDE",
        /// Chosen from the list of who is inside.
        List = 8 "LIST",
    }

    /// By what a step-up was met at the gate.
    StepUpBy {
        /// A photo of who came, taken then.
        Photo = 1 "PHOTO",
        /// Their vehicle's number plate, taken down then.
        Plate = 2 "PLATE",
    }

    /// A household's answer to an ask.
    Answer {
        /// Let them in.
        Approve = 1 "APPROVE",
        /// Send them away.
        Deny = 2 "DENY",
    }

    /// Where a unit stands.
    UnitState {
        /// Somebody lives here.
        Occupied = 1 "OCCUPIED",
        /// Nobody lives here: nobody to ask.
        Vacant = 2 "VACANT",
        /// Entry to it is barred by the admin.
        Barred = 3 "BARRED",
    }
    /// What was done to people's or kiosks' access, to the community's keys and rules or to what is kept of visitors: an
    /// entry of the audit.
    Deed {
        /// The next pass key was published before its time.
        PassKeyRotated = 1 "PASS_KEY_ROTATED",
        /// The key that signs the server's time was replaced.
        AnchorKeyRotated = 2 "ANCHOR_KEY_ROTATED",
        /// The key that kiosks seal to was replaced.
        SealKeyRotated = 3 "SEAL_KEY_ROTATED",
        /// Somebody changed their own password.
        PasswordChanged = 4 "PASSWORD_CHANGED",
        /// An admin gave out a link by which somebody sets a new password.
        PasswordLinkMade = 5 "PASSWORD_LINK_MADE",
        /// A new password was set by such a link.
        PasswordReset = 6 "PASSWORD_RESET",
        /// An admin gave out a link by which somebody becomes an admin.
        AdminInvited = 7 "ADMIN_INVITED",
        /// Somebody became an admin by such a link.
        AdminJoined = 8 "ADMIN_JOINED",
        /// An admin took such a link back.
        LinkWithdrawn = 9 "LINK_WITHDRAWN",
        /// An admin made somebody a resident, or let them move into further units.
        ResidentAdded = 10 "RESIDENT_ADDED",
        /// An admin approved somebody who had asked to be a resident.
        ResidentApproved = 11 "RESIDENT_APPROVED",
        /// An admin turned somebody down who had asked to be a resident.
        ResidentRejected = 12 "RESIDENT_REJECTED",
        /// A resident moved out.
        ResidentMovedOut = 13 "RESIDENT_MOVED_OUT",
        /// An admin made somebody a guard.
        GuardAdded = 14 "GUARD_ADDED",
        /// A guard may sign in no more.
        GuardSwitchedOff = 15 "GUARD_SWITCHED_OFF",
        /// A guard may sign in again.
        GuardSwitchedOn = 16 "GUARD_SWITCHED_ON",
        /// An admin gave a guard a new PIN.
        GuardPinSet = 17 "GUARD_PIN_SET",
        /// An admin is one no more.
        AdminRemoved = 18 "ADMIN_REMOVED",
        /// An admin gave out a code to enrol a kiosk with.
        KioskInvited = 19 "KIOSK_INVITED",
        /// A kiosk was enrolled with such a code.
        KioskEnrolled = 20 "KIOSK_ENROLLED",
        /// A kiosk was ended: retired or stolen.
        KioskRevoked = 21 "KIOSK_REVOKED",
        /// The gates were locked down.
        LockedDown = 22 "LOCKED_DOWN",
        /// The gates were opened again after that.
        LockDownLifted = 23 "LOCK_DOWN_LIFTED",
        /// What an event says of persons was ordered to be forgotten.
        DetailsErased = 24 "DETAILS_ERASED",
        /// What the community lets its gates do was changed.
        PolicyChanged = 25 "POLICY_CHANGED",
        /// A unit was changed: barred, opened again, or given another intercom.
        UnitChanged = 26 "UNIT_CHANGED",
    }

    /// What a one-time link is for.
    LinkKind {
        /// Its holder sets a new password.
        Password = 1 "PASSWORD",
        /// Its holder becomes an admin.
        Admin = 2 "ADMIN",
    }
}
