//! What a community lets its gates do, by kind of visitor.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};

use super::Staleness;
use crate::{
    cbor::{self, CborError},
    words::VisitorType,
};

/// What a community lets its gates do. In CBOR a map with integer keys; keys not known here are passed over. In JSON all of
/// it or nothing: what is misspelt or left out would be set back unseen.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct Policy {
    /// For guests of a household.
    #[n(0)]
    pub guest: KindPolicy,
    /// For those who bring goods.
    #[n(1)]
    pub delivery: KindPolicy,
    /// For those who work for a household.
    #[n(2)]
    pub service: KindPolicy,
    /// For cabs.
    #[n(3)]
    pub taxi: KindPolicy,
    /// For kinds that this version does not know.
    #[n(4)]
    pub other: KindPolicy,
    /// How many days' keys a kiosk holds ahead, 1 to 14.
    #[n(5)]
    pub day_keys_ahead: u8,
}

/// What gates may do for one kind of visitor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
#[cbor(map)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick box of the admin's, free of the others")]
pub struct KindPolicy {
    /// What a good pass is worth when the list is aged (15 minutes to 24 hours).
    #[n(0)]
    pub when_aged: Allowance,
    /// What it is worth when the list is stale (24 hours to 14 days).
    #[n(1)]
    pub when_stale: Allowance,
    /// What it is worth when the list is older, or there is none.
    #[n(2)]
    pub when_expired: Allowance,
    /// What a gate that is cut off does with a pass that is good for a number of entries.
    #[n(3)]
    pub single_use: SingleUse,
    /// Whether a walk-in's name is required.
    #[n(4)]
    pub name_required: bool,
    /// Whether a walk-in's phone is required.
    #[n(5)]
    pub phone_required: bool,
    /// Whether a walk-in's number plate is required.
    #[n(6)]
    pub plate_required: bool,
    /// Whether a guard may let such a visitor in on the guard's own word.
    #[n(7)]
    pub override_allowed: bool,
    /// How long such a visitor usually stays, in minutes: seen again within it, they leave.
    #[n(8)]
    pub usual_stay_min: u32,
    /// After how many minutes a stay is closed as an assumed exit.
    #[n(9)]
    pub longest_stay_min: u32,
}

/// Something a walk-in may have to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Field {
    /// The visitor's name.
    Name,
    /// The visitor's phone.
    Phone,
    /// The vehicle's number plate.
    Plate,
}

/// What a good pass is worth at a gate whose list is not fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Allowance {
    /// Let in.
    Admit,
    /// Ask the household.
    AskResident,
    /// Photo, plate or spoken approval. Also what a number of a newer version is read as.
    StepUp,
}

/// What a gate that is cut off does with a pass that is good for a number of entries, which may have been
/// used up at another gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SingleUse {
    /// Let in; both uses become a case for the admins when the gates meet again.
    AdmitAndDetect,
    /// Let in at the pass's home gate only, ask elsewhere. Also what a number of a newer version is read
    /// as.
    HomeGateOnly,
}

impl Policy {
    /// The policy for a kind of visitor.
    pub fn of(&self, visitor_type: &VisitorType) -> &KindPolicy {
        match visitor_type {
            VisitorType::Guest => &self.guest,
            VisitorType::Delivery => &self.delivery,
            VisitorType::Service => &self.service,
            VisitorType::Taxi => &self.taxi,
            VisitorType::Unknown(_) => &self.other,
        }
    }

    /// What a gate goes by whose community's policy cannot be read: what is not known is a step-up, never more.
    pub fn strictest() -> Self {
        let strict = |kind: KindPolicy| KindPolicy {
            when_aged: Allowance::StepUp,
            when_stale: Allowance::StepUp,
            when_expired: Allowance::StepUp,
            single_use: SingleUse::HomeGateOnly,
            override_allowed: false,
            ..kind
        };
        let Self { guest, delivery, service, taxi, other, day_keys_ahead } = Self::default();
        Self {
            guest: strict(guest),
            delivery: strict(delivery),
            service: strict(service),
            taxi: strict(taxi),
            other: strict(other),
            day_keys_ahead,
        }
    }

    /// Reads the policy of a feed row.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_slice(bytes)
    }

    /// The policy's canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// How many days' keys a kiosk holds ahead, kept within 1 to 14.
    pub fn day_keys_ahead(&self) -> u8 {
        self.day_keys_ahead.clamp(1, 14)
    }
}

impl KindPolicy {
    /// What a good pass is worth at that staleness.
    pub fn allows(&self, staleness: Staleness) -> Allowance {
        match staleness {
            Staleness::Fresh => Allowance::Admit,
            Staleness::Aged => self.when_aged,
            Staleness::Stale => self.when_stale,
            Staleness::Expired => self.when_expired,
        }
    }

    /// Which of the fields a walk-in has to give are not given.
    pub fn missing(&self, name: bool, phone: bool, plate: bool) -> Vec<Field> {
        [
            (self.name_required && !name, Field::Name),
            (self.phone_required && !phone, Field::Phone),
            (self.plate_required && !plate, Field::Plate),
        ]
        .into_iter()
        .filter_map(|(missing, field)| missing.then_some(field))
        .collect()
    }
}

impl Default for Policy {
    fn default() -> Self {
        let kind = KindPolicy::default;
        Self {
            guest: KindPolicy { usual_stay_min: 12 * 60, longest_stay_min: 7 * 24 * 60, ..kind() },
            delivery: KindPolicy {
                when_stale: Allowance::AskResident,
                usual_stay_min: 45,
                longest_stay_min: 6 * 60,
                ..kind()
            },
            service: KindPolicy {
                name_required: true,
                usual_stay_min: 12 * 60,
                longest_stay_min: 24 * 60,
                ..kind()
            },
            taxi: KindPolicy {
                when_stale: Allowance::AskResident,
                plate_required: true,
                usual_stay_min: 30,
                longest_stay_min: 6 * 60,
                ..kind()
            },
            other: KindPolicy {
                when_aged: Allowance::AskResident,
                when_stale: Allowance::AskResident,
                override_allowed: false,
                ..kind()
            },
            day_keys_ahead: 7,
        }
    }
}

impl Default for KindPolicy {
    fn default() -> Self {
        Self {
            when_aged: Allowance::Admit,
            when_stale: Allowance::Admit,
            when_expired: Allowance::StepUp,
            single_use: SingleUse::AdmitAndDetect,
            name_required: false,
            phone_required: false,
            plate_required: false,
            override_allowed: true,
            usual_stay_min: 8 * 60,
            longest_stay_min: 24 * 60,
        }
    }
}

impl<C> Encode<C> for Allowance {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let number = match self {
            Self::Admit => 0,
            Self::AskResident => 1,
            Self::StepUp => 2,
        };
        e.u32(number)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Allowance {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Ok(match d.u32()? {
            0 => Self::Admit,
            1 => Self::AskResident,
            _ => Self::StepUp,
        })
    }
}

impl<C> Encode<C> for SingleUse {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let number = match self {
            Self::AdmitAndDetect => 0,
            Self::HomeGateOnly => 1,
        };
        e.u32(number)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SingleUse {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Ok(if d.u32()? == 0 { Self::AdmitAndDetect } else { Self::HomeGateOnly })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_its_bytes_and_its_json() {
        let policy = Policy::default();
        assert_eq!(Policy::read(&policy.to_bytes()).unwrap(), policy);
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }

    #[test]
    fn json_that_leaves_something_out_or_knows_more_is_no_policy() {
        let whole = serde_json::to_value(Policy::default()).unwrap();
        let spoilt = |spoil: fn(&mut serde_json::Value)| {
            let mut json = whole.clone();
            spoil(&mut json);
            serde_json::from_value::<Policy>(json).is_err()
        };
        assert!(spoilt(|json| drop(json.as_object_mut().unwrap().remove("taxi"))));
        assert!(spoilt(|json| drop(json["guest"].as_object_mut().unwrap().remove("when_aged"))));
        assert!(spoilt(|json| json["phone_required"] = true.into()));
        assert!(spoilt(|json| json["guest"]["phone_reqired"] = true.into()));
        assert!(!spoilt(|json| json["guest"]["phone_required"] = true.into()));
    }

    #[test]
    fn a_newer_allowance_is_read_as_the_strictest() {
        let bytes = minicbor::to_vec(9u32).unwrap();
        assert_eq!(minicbor::decode::<Allowance>(&bytes).unwrap(), Allowance::StepUp);
        assert_eq!(minicbor::decode::<SingleUse>(&bytes).unwrap(), SingleUse::HomeGateOnly);
    }

    #[test]
    fn a_delivery_needs_nothing_and_others_what_policy_says() {
        let policy = Policy::default();
        assert_eq!(policy.of(&VisitorType::Delivery).missing(false, false, false), []);
        assert_eq!(policy.of(&VisitorType::Taxi).missing(true, true, false), [Field::Plate]);
        assert!(!policy.of(&VisitorType::Unknown("PARADE".into())).override_allowed);
    }
}
