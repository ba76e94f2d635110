//! What the window asks when it opens a page.

use gatehouse::{hash::Hash, id::UserId, time::UnixMs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{InsidePage, InsideTab, SyncPage, UnitRef};

/// A question that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "look", rename_all = "snake_case")]
pub enum Look {
    /// The towers, in the order people say them. → [`Seen::Names`]
    Towers,
    /// A tower's floors, lowest first. → [`Seen::Names`]
    Floors {
        /// The tower.
        tower: String,
    },
    /// A floor's flats. → [`Seen::Units`]
    Flats {
        /// The tower.
        tower: String,
        /// The floor.
        floor: String,
    },
    /// Units whose label starts with or holds the text, separators and case aside; at most nine.
    /// → [`Seen::Units`]
    FindUnits {
        /// What was typed.
        text: String,
    },
    /// Who is inside. → [`Seen::Inside`]
    Inside {
        /// Part of a name, unit or plate; empty: all. A search goes over everybody, whatever the tab.
        search: String,
        /// Which list.
        tab: InsideTab,
        /// Which page, from 0.
        page: u32,
    },
    /// The guards of this gate. → [`Seen::Guards`]
    Guards,
    /// All about the connection. → [`Seen::Sync`]
    Sync,
    /// What the camera sees now, held for a quarter of an hour until a touch says whose picture it is;
    /// [`super::TouchError::NoPicture`] while it does not look. → [`Seen::Photo`]
    TakePhoto,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// Names of towers or floors.
    Names {
        /// In order.
        names: Vec<String>,
    },
    /// Units.
    Units {
        /// In order.
        units: Vec<UnitRef>,
    },
    /// Who is inside.
    Inside(InsidePage),
    /// Guards.
    Guards {
        /// By name.
        guards: Vec<GuardTile>,
    },
    /// The connection.
    Sync(Box<SyncPage>),
    /// A picture that was just taken.
    Photo {
        /// Its name.
        #[ts(type = "string")]
        photo: Hash,
    },
}

/// A guard who may sign in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GuardTile {
    /// Their account.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their photo's name.
    #[ts(type = "string | null")]
    pub photo: Option<Hash>,
    /// Until when they are locked out here after wrong PINs.
    pub locked_until: Option<UnixMs>,
}
