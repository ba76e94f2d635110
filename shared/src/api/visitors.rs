//! Visitors: requests to come in, their answers, and the visits that follow.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{GateId, PassId, UnitId, UserId, VisitorId},
    time::UnixMs,
    words::{Answer, Subject, VisitorStatus, VisitorType},
};

/// Somebody asks to come in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestEntry {
    /// The units to be asked; one answer of any of them is enough.
    pub unit_ids: Vec<UnitId>,
    /// Why they come.
    pub visitor_type: VisitorType,
    /// Name, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Number plate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle_number: Option<String>,
    /// The company that sends them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// How many people; 1 if absent.
    #[serde(default = "one")]
    pub people: u16,
    /// Who or what; VISITOR if absent.
    #[serde(default = "visitor")]
    pub subject: Subject,
    /// At which gate they stand: its kiosks show them. Those of every gate if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate_id: Option<GateId>,
}

fn one() -> u16 {
    1
}

fn visitor() -> Subject {
    Subject::Visitor
}

/// A visitor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visitor {
    /// The visit.
    pub id: VisitorId,
    /// The units visited.
    pub unit_ids: Vec<UnitId>,
    /// Name, if told.
    pub name: Option<String>,
    /// Phone, if told.
    pub phone: Option<String>,
    /// Why they come.
    pub visitor_type: VisitorType,
    /// Number plate, if told.
    pub vehicle_number: Option<String>,
    /// The company that sent them.
    pub company: Option<String>,
    /// How many people.
    pub people: u16,
    /// Who or what.
    pub subject: Subject,
    /// Where the visit stands.
    pub status: VisitorStatus,
    /// The resident who answered.
    pub resident_id: Option<UserId>,
    /// The guard on shift.
    pub security_id: Option<UserId>,
    /// The pass, where one was used.
    pub pass_id: Option<PassId>,
    /// The gate where they asked.
    pub gate_id: Option<GateId>,
    /// When they asked.
    pub asked_at: Option<UnixMs>,
    /// The household's answer.
    pub answer: Option<Answer>,
    /// When it came.
    pub answered_at: Option<UnixMs>,
    /// When they came in.
    pub check_in_time: Option<UnixMs>,
    /// When they went out.
    pub check_out_time: Option<UnixMs>,
    /// Whether `GET /visitors/{visitor_id}/photo` has one to show.
    pub has_photo: bool,
    /// When the visit was first known of.
    pub created_at: UnixMs,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answered {
    /// The visitor as it stands now.
    pub visitor: Visitor,
    /// True: the gate had decided already. The answer is kept, the gate's outcome stands.
    pub late: bool,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
hidden!(RequestEntry, Visitor);
