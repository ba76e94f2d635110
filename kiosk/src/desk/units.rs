//! The community's units: found by id, by what a token calls them, by tower and floor, by what was typed.

use std::{cmp::Ordering, collections::HashMap};

use gatehouse::{feed::row::UnitRow, id::UnitId, pass::UnitRef as TokenUnit, words::UnitState};
use uuid::Uuid;

use crate::{
    cache::{Cache, CacheError},
    screen::UnitRef,
};

/// The units, in the order people say them.
#[derive(Default)]
pub struct Units {
    all: Vec<(UnitId, UnitRow)>,
    by_id: HashMap<UnitId, usize>,
    by_label: HashMap<String, usize>,
    by_tail: HashMap<[u8; 8], usize>,
}

impl Units {
    /// Reads them.
    ///
    /// # Errors
    /// When the cache fails.
    pub fn load(cache: &Cache) -> Result<Self, CacheError> {
        let rows = cache.all::<UnitRow>()?;
        Ok(Self::of(rows.into_iter().map(|row| (UnitId(row.id), row.body)).collect()))
    }

    /// The units given.
    pub fn of(mut all: Vec<(UnitId, UnitRow)>) -> Self {
        all.sort_by(|(_, a), (_, b)| {
            natural(&a.tower, &b.tower)
                .then(a.floor.cmp(&b.floor))
                .then_with(|| natural(&a.number, &b.number))
        });
        let mut units = Self { all, ..Self::default() };
        for (place, (id, row)) in units.all.iter().enumerate() {
            units.by_id.insert(*id, place);
            units.by_label.insert(row.label(), place);
            if let Ok(tail) = id.0.as_bytes()[8..].try_into() {
                units.by_tail.insert(tail, place);
            }
        }
        units
    }

    /// A unit's row.
    pub fn get(&self, id: UnitId) -> Option<&UnitRow> {
        Some(&self.all.get(*self.by_id.get(&id)?)?.1)
    }

    /// Whether somebody there can be asked: nobody is where nobody lives, or where nobody may come.
    pub fn can_be_asked(&self, id: UnitId) -> bool {
        self.get(id).is_some_and(|row| !matches!(row.state, UnitState::Vacant | UnitState::Barred))
    }

    /// The unit that a token names.
    pub fn named(&self, token: &TokenUnit) -> Option<UnitId> {
        let place = match token {
            TokenUnit::Label(label) => self.by_label.get(label),
            TokenUnit::Tail(tail) => self.by_tail.get(tail),
        }?;
        Some(self.all.get(*place)?.0)
    }

    /// The unit that somebody names: by its label in any writing, else by its id.
    pub fn spoken(&self, text: &str) -> Option<UnitId> {
        let wanted = plain(text);
        let labelled = self.all.iter().find(|(_, row)| plain(&row.label()) == wanted);
        labelled.map(|(id, _)| *id).or_else(|| {
            let id: UnitId = text.parse().ok()?;
            self.by_id.contains_key(&id).then_some(id)
        })
    }

    /// A unit as the window shows it; one that is not known shows what the token calls it.
    pub fn shown(&self, id: UnitId) -> UnitRef {
        self.get(id).map_or_else(|| unknown(id, String::new()), |row| shown(id, row))
    }

    /// A unit that only a token knows of, as the window shows it.
    pub fn shown_as(token: &TokenUnit) -> Option<UnitRef> {
        token.label().map(|label| unknown(UnitId(Uuid::nil()), label.to_owned()))
    }

    /// The towers' names.
    pub fn towers(&self) -> Vec<String> {
        let mut towers: Vec<String> = self.all.iter().map(|(_, row)| row.tower.clone()).collect();
        towers.dedup();
        towers
    }

    /// A tower's floors, lowest first.
    pub fn floors(&self, tower: &str) -> Vec<String> {
        let mut floors: Vec<i16> =
            self.all.iter().filter(|(_, row)| row.tower == tower).map(|(_, row)| row.floor).collect();
        floors.dedup();
        floors.into_iter().map(|floor| floor.to_string()).collect()
    }

    /// A floor's flats.
    pub fn flats(&self, tower: &str, floor: &str) -> Vec<UnitRef> {
        self.all
            .iter()
            .filter(|(_, row)| row.tower == tower && row.floor.to_string() == floor)
            .map(|(id, row)| shown(*id, row))
            .collect()
    }

    /// At most nine units whose label, separators and case aside, begins with `text`, then those that only
    /// hold it.
    pub fn find(&self, text: &str) -> Vec<UnitRef> {
        let wanted = plain(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let begins = self.all.iter().filter(|(_, row)| {
            plain(&row.label()).starts_with(&wanted) || plain(&row.number).starts_with(&wanted)
        });
        let holds = self.all.iter().filter(|(_, row)| {
            let label = plain(&row.label());
            label.contains(&wanted) && !label.starts_with(&wanted) && !plain(&row.number).starts_with(&wanted)
        });
        begins.chain(holds).take(9).map(|(id, row)| shown(*id, row)).collect()
    }
}

fn shown(id: UnitId, row: &UnitRow) -> UnitRef {
    let floor = row.floor.to_string();
    let flat = match row.number.strip_prefix(&floor) {
        Some(flat) if !flat.is_empty() => flat.to_owned(),
        _ => row.number.clone(),
    };
    UnitRef { id, label: row.label(), tower: row.tower.clone(), floor, flat, intercom: row.intercom.clone() }
}

fn unknown(id: UnitId, label: String) -> UnitRef {
    UnitRef { id, label, tower: String::new(), floor: String::new(), flat: String::new(), intercom: None }
}

/// A label without separators, in upper case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Numbers in texts compare as numbers: B2 before B10.
fn natural(a: &str, b: &str) -> Ordering {
    let key = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let letters: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        (letters, digits.parse::<u64>().unwrap_or(0))
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units() -> Units {
        let unit = |n: u128, tower: &str, floor, number: &str| {
            let row = UnitRow {
                tower: tower.into(),
                floor,
                number: number.into(),
                state: UnitState::Occupied,
                epoch: 0,
                intercom: None,
            };
            (UnitId(Uuid::from_u128(n)), row)
        };
        Units::of(vec![
            unit(1, "B10", 1, "101"),
            unit(2, "B2", 12, "1203"),
            unit(3, "B2", 2, "203"),
            unit(4, "A", 12, "1203"),
        ])
    }

    #[test]
    fn units_stand_in_the_order_people_say_them() {
        assert_eq!(units().towers(), ["A", "B2", "B10"]);
        assert_eq!(units().floors("B2"), ["2", "12"]);
        assert_eq!(units().flats("B2", "12")[0].flat, "03");
    }

    #[test]
    fn a_unit_is_found_however_it_is_typed() {
        let id = UnitId(Uuid::from_u128(4));
        for text in ["A-1203", "a1203", "A 1203"] {
            assert_eq!(units().spoken(text), Some(id), "{text}");
        }
        assert_eq!(units().spoken("C-1"), None);
        let labels: Vec<String> = units().find("1203").into_iter().map(|unit| unit.label).collect();
        assert_eq!(labels, ["A-1203", "B2-1203"]);
        assert!(units().find("-").is_empty());
    }
}
