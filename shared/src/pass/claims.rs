//! What a token claims, and its bytes.

use minicbor::{Decode, Decoder, Encode, Encoder, data::Type, decode, encode};
use serde::{Deserialize, Serialize};

use super::{GateTag, NAME_BYTES, UnitRef};
use crate::{
    cbor::{self, CborError},
    feed::row::WeeklyWindow,
    id::PassId,
    time::{SECOND, UnixMs},
    words::{PassMode, VisitorType},
};

const UNTIL: i64 = 4;
const FROM: i64 = 5;
const ID: i64 = 7;
/// The largest number RFC 8392 leaves to private use.
const TERMS: i64 = -65_537;

const FORMAT: u32 = 1;
const LIVE: u32 = 1;
const ROW_NEEDED: u32 = 2;

/// The claims of a pass.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassClaims {
    /// Which pass.
    pub id: PassId,
    /// Holds from, in whole seconds.
    pub valid_from: UnixMs,
    /// Holds until, exclusive, in whole seconds.
    pub valid_until: UnixMs,
    /// What it allows.
    pub terms: Terms,
}

/// What a pass allows, or that this version cannot tell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// Terms this version understands.
    Known(PassTerms),
    /// Terms of a newer format: the gate steps up.
    Newer,
}

/// The terms of a pass.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassTerms {
    /// Why its holder comes.
    pub visitor_type: VisitorType,
    /// Where it leads.
    pub unit: UnitRef,
    /// How many entries it is good for; absent for any number.
    pub uses: Option<u32>,
    /// Its holder's name, cut by [`super::holder_name`].
    pub name: String,
    /// Its weekly hours. Where it has several, they stand in its row and `row_needed` is set.
    pub window: Option<WeeklyWindow>,
    /// The only gate it is good for.
    pub home_gate: Option<GateTag>,
    /// What it needs shown.
    pub mode: PassMode,
    /// True when the token does not say everything: without the pass's row the household is asked.
    pub row_needed: bool,
}

impl PassClaims {
    /// The known terms.
    pub fn terms(&self) -> Option<&PassTerms> {
        match &self.terms {
            Terms::Known(terms) => Some(terms),
            Terms::Newer => None,
        }
    }

    /// The payload's canonical bytes.
    pub(super) fn to_payload(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads a payload. Terms of another format, and claims not known here, make the terms newer.
    pub(super) fn from_payload(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_slice(bytes)
    }
}

impl std::fmt::Debug for PassClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassClaims")
            .field("id", &self.id)
            .field("valid_from", &self.valid_from)
            .field("valid_until", &self.valid_until)
            .field("terms", &self.terms)
            .finish()
    }
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Known(terms) => terms.fmt(f),
            Self::Newer => f.write_str("Newer"),
        }
    }
}

impl std::fmt::Debug for PassTerms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassTerms")
            .field("visitor_type", &self.visitor_type)
            .field("mode", &self.mode)
            .field("row_needed", &self.row_needed)
            .finish_non_exhaustive()
    }
}

impl<C> Encode<C> for PassClaims {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        e.map(4)?;
        e.i64(UNTIL)?.i64(self.valid_until.0.div_euclid(SECOND))?;
        e.i64(FROM)?.i64(self.valid_from.0.div_euclid(SECOND))?;
        e.i64(ID)?.encode_with(self.id, ctx)?;
        e.i64(TERMS)?;
        match &self.terms {
            Terms::Known(terms) => e.encode_with(terms, ctx)?.ok(),
            Terms::Newer => e.array(1)?.u32(u32::MAX)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for PassClaims {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let missing = |what| decode::Error::message(what).at(d.position());
        let (no_id, no_from, no_until) = (missing("no pass id"), missing("no start"), missing("no end"));
        let (mut id, mut from, mut until) = (None, None, None);
        let (mut terms, mut unknown) = (Terms::Newer, false);
        let pairs = d.map()?.ok_or_else(|| decode::Error::message("a map of known length"))?;
        for _ in 0..pairs {
            match d.i64()? {
                UNTIL => until = Some(seconds(d)?),
                FROM => from = Some(seconds(d)?),
                ID => id = Some(d.decode_with(ctx)?),
                TERMS => terms = read_terms(d, ctx)?,
                _ => {
                    d.skip()?;
                    unknown = true;
                }
            }
        }
        Ok(Self {
            id: id.ok_or(no_id)?,
            valid_from: from.ok_or(no_from)?,
            valid_until: until.ok_or(no_until)?,
            terms: if unknown { Terms::Newer } else { terms },
        })
    }
}

fn seconds(d: &mut Decoder<'_>) -> Result<UnixMs, decode::Error> {
    let at = d.position();
    d.i64()?
        .checked_mul(SECOND)
        .map(UnixMs)
        .ok_or_else(|| decode::Error::message("a time out of range").at(at))
}

impl<C> Encode<C> for PassTerms {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        let live = if self.mode == PassMode::Static { 0 } else { LIVE };
        let row_needed = if self.row_needed { ROW_NEEDED } else { 0 };
        e.array(8)?
            .u32(FORMAT)?
            .u32(self.visitor_type.number())?
            .encode_with(&self.unit, ctx)?
            .encode_with(self.uses, ctx)?
            .str(&self.name)?
            .encode_with(self.window, ctx)?
            .encode_with(self.home_gate, ctx)?
            .u32(live | row_needed)?
            .ok()
    }
}

fn read_terms<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Terms, decode::Error> {
    let start = d.position();
    let len = d.array()?;
    if d.u32()? != FORMAT || len != Some(8) {
        d.set_position(start);
        d.skip()?;
        return Ok(Terms::Newer);
    }
    let visitor_type = VisitorType::from_number(d.u32()?);
    let unit = d.decode_with(ctx)?;
    let uses = d.decode_with(ctx)?;
    let name_at = d.position();
    let name = d.str()?.to_owned();
    if name.len() > NAME_BYTES {
        return Err(decode::Error::message("a name of at most 20 bytes").at(name_at));
    }
    let window = read_window(d, ctx)?;
    let home_gate = d.decode_with(ctx)?;
    let flags = d.u32()?;
    if flags & !(LIVE | ROW_NEEDED) != 0 {
        return Ok(Terms::Newer);
    }
    Ok(Terms::Known(PassTerms {
        visitor_type,
        unit,
        uses,
        name,
        window,
        home_gate,
        mode: if flags & LIVE == 0 { PassMode::Static } else { PassMode::Live },
        row_needed: flags & ROW_NEEDED != 0,
    }))
}

fn read_window<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Option<WeeklyWindow>, decode::Error> {
    if d.datatype()? == Type::Null {
        d.null()?;
        return Ok(None);
    }
    d.decode_with(ctx).map(Some)
}
