//! The contract of a kiosk's copy of the feed.

use crate::{
    feed::{
        Cursor, Page, Row, RowId, RowKind, SnapshotPage, SnapshotPlace,
        copy::{Copy, Loading},
    },
    id::FeedEpochId,
    sync::kiosk::CacheOp,
    testing::CacheStore,
};

/// Checks a cache. `open` makes an empty one.
pub fn check_cache<C: CacheStore>(mut open: impl FnMut() -> C) {
    a_fresh_copy_is_nowhere(&mut open);
    a_snapshot_takes_the_rows_place_at_once(&mut open);
    loading_goes_on_after_a_restart(&mut open);
    a_new_snapshot_drops_the_one_before(&mut open);
    pages_write_and_delete(&mut open);
    a_cut_page_does_not_make_it_whole(&mut open);
}

/// A kind that no version knows: its rows are kept as they came.
const KIND: RowKind = RowKind(60_000);

fn at(seq: u64) -> Cursor {
    Cursor { epoch: FeedEpochId(uuid::Uuid::from_u128(5)), seq, mark: seq.to_be_bytes() }
}

fn row(id: u8, seq: u64) -> Row {
    Row { kind: KIND, schema: 3, id: RowId([id; 16]), seq, body: Some(seq.to_be_bytes().to_vec()) }
}

fn gone(id: u8, seq: u64) -> Row {
    Row { body: None, ..row(id, seq) }
}

fn page(from: u64, to: u64, head: u64, rows: Vec<Row>) -> Page {
    Page { from: at(from), to: at(to), head, rows }
}

fn done<C: CacheStore>(cache: &mut C, op: &CacheOp) -> Copy {
    cache.carry_out(op).expect("the operation is carried out")
}

fn rows<C: CacheStore>(cache: &mut C) -> Vec<Row> {
    cache.rows().expect("rows are read")
}

/// Loads `held` as a snapshot at `seq`.
fn load<C: CacheStore>(cache: &mut C, seq: u64, held: Vec<Row>) -> Copy {
    let piece = SnapshotPage { start: at(seq), rows: held, next: None, head: at(seq) };
    done(cache, &CacheOp::Begin(piece, Loading::Changes { cursor: at(seq), seen: at(seq) }));
    done(cache, &CacheOp::Swap(page(seq, seq, seq, vec![])))
}

fn a_fresh_copy_is_nowhere<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    assert_eq!(done(&mut cache, &CacheOp::Read), Copy::default());
    assert_eq!(rows(&mut cache), []);
    assert_eq!(
        done(&mut cache, &CacheOp::Drop),
        Copy::default(),
        "there is nothing to drop, and no harm in it"
    );
}

fn a_snapshot_takes_the_rows_place_at_once<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    load(&mut cache, 2, vec![row(1, 1), row(2, 2)]);
    let before = rows(&mut cache);
    let after = SnapshotPlace { kind: KIND, id: RowId([3; 16]) };
    let pieces = Loading::Pieces { start: at(9), after, seen: at(10) };
    let first = SnapshotPage { start: at(9), rows: vec![row(3, 8)], next: Some(after), head: at(10) };
    let copy = done(&mut cache, &CacheOp::Begin(first, pieces));
    assert_eq!(copy, Copy { cursor: Some(at(2)), whole: 2, loading: Some(pieces) });
    let changes = Loading::Changes { cursor: at(9), seen: at(11) };
    let last = SnapshotPage { start: at(9), rows: vec![row(4, 9)], next: None, head: at(11) };
    assert_eq!(done(&mut cache, &CacheOp::Load(last, changes)).loading, Some(changes));
    let changed = Loading::Changes { cursor: at(10), seen: at(11) };
    let change = page(9, 10, 12, vec![row(5, 10)]);
    assert_eq!(done(&mut cache, &CacheOp::Change(change, changed)).loading, Some(changed));
    assert_eq!(rows(&mut cache), before, "the rows in use stay until the swap");
    let copy = done(&mut cache, &CacheOp::Swap(page(10, 12, 12, vec![gone(3, 11), row(4, 12)])));
    assert_eq!(copy, Copy { cursor: Some(at(12)), whole: 12, loading: None });
    assert_eq!(rows(&mut cache), [row(4, 12), row(5, 10)], "by kind and id, unknown kinds as they came");
}

fn loading_goes_on_after_a_restart<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    let after = SnapshotPlace { kind: KIND, id: RowId([1; 16]) };
    let pieces = Loading::Pieces { start: at(3), after, seen: at(4) };
    let first = SnapshotPage { start: at(3), rows: vec![row(1, 1)], next: Some(after), head: at(4) };
    done(&mut cache, &CacheOp::Begin(first, pieces));
    let mut cache = cache.reopen().expect("the cache opens again");
    let copy = done(&mut cache, &CacheOp::Read);
    assert_eq!(copy, Copy { cursor: None, whole: 0, loading: Some(pieces) });
    let last = SnapshotPage { start: at(3), rows: vec![row(2, 3)], next: None, head: at(4) };
    done(&mut cache, &CacheOp::Load(last, Loading::Changes { cursor: at(3), seen: at(4) }));
    let mut cache = cache.reopen().expect("the cache opens again");
    done(&mut cache, &CacheOp::Swap(page(3, 4, 4, vec![row(3, 4)])));
    let mut cache = cache.reopen().expect("the cache opens again");
    assert_eq!(done(&mut cache, &CacheOp::Read), Copy { cursor: Some(at(4)), whole: 4, loading: None });
    assert_eq!(rows(&mut cache), [row(1, 1), row(2, 3), row(3, 4)]);
}

fn a_new_snapshot_drops_the_one_before<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    let after = SnapshotPlace { kind: KIND, id: RowId([1; 16]) };
    let first = SnapshotPage { start: at(3), rows: vec![row(1, 1)], next: Some(after), head: at(3) };
    let pieces = Loading::Pieces { start: at(3), after, seen: at(3) };
    done(&mut cache, &CacheOp::Begin(first.clone(), pieces));
    assert_eq!(done(&mut cache, &CacheOp::Drop).loading, None);
    done(&mut cache, &CacheOp::Begin(first, pieces));
    load(&mut cache, 7, vec![row(2, 7)]);
    assert_eq!(rows(&mut cache), [row(2, 7)], "nothing of the snapshot that was given up");
    load(&mut cache, 5, vec![row(3, 5)]);
    let copy = done(&mut cache, &CacheOp::Read);
    assert_eq!((copy.cursor, copy.whole), (Some(at(5)), 5), "a restored server's head may be lower");
    assert_eq!(rows(&mut cache), [row(3, 5)]);
}

fn pages_write_and_delete<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    load(&mut cache, 3, vec![row(1, 1), row(2, 2), row(3, 3)]);
    let changes = page(3, 7, 7, vec![gone(2, 4), row(1, 5), gone(9, 6), row(4, 7)]);
    let copy = done(&mut cache, &CacheOp::Apply(changes));
    assert_eq!(copy, Copy { cursor: Some(at(7)), whole: 7, loading: None });
    assert_eq!(rows(&mut cache), [row(1, 5), row(3, 3), row(4, 7)]);
    let mut cache = cache.reopen().expect("the cache opens again");
    assert_eq!(done(&mut cache, &CacheOp::Read), copy);
    assert_eq!(rows(&mut cache), [row(1, 5), row(3, 3), row(4, 7)]);
}

fn a_cut_page_does_not_make_it_whole<C: CacheStore>(open: &mut impl FnMut() -> C) {
    let mut cache = open();
    load(&mut cache, 3, vec![row(1, 1)]);
    let copy = done(&mut cache, &CacheOp::Apply(page(3, 5, 9, vec![row(1, 5)])));
    assert_eq!((copy.cursor, copy.whole), (Some(at(5)), 3));
    let copy = done(&mut cache, &CacheOp::Apply(page(5, 9, 9, vec![row(2, 9)])));
    assert_eq!((copy.cursor, copy.whole), (Some(at(9)), 9));
}
