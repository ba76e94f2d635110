use std::path::PathBuf;

use gatehouse::{
    feed::{
        RowId, RowKind, SnapshotPage, SnapshotPlace,
        row::{Body, GuardRow, PassRow, UseRow},
    },
    id::{FeedEpochId, KioskId, PassId, UnitId},
    words::{PassMode, VisitorType},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

struct Bench {
    _dir: TempDir,
    path: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cache.db");
        Self { _dir: dir, path }
    }

    fn open(&self) -> Cache {
        Cache::open(&self.path, &[3; 32], &[4; 32]).unwrap()
    }
}

fn at(seq: u64) -> Cursor {
    Cursor { epoch: FeedEpochId(Uuid::from_u128(1)), seq, mark: [u8::try_from(seq).unwrap(); 8] }
}

fn pass(unit: u128) -> PassRow {
    PassRow {
        unit: UnitId(Uuid::from_u128(unit)),
        visitor_type: VisitorType::Guest,
        mode: PassMode::Static,
        valid_from: UnixMs(0),
        valid_until: UnixMs(100),
        uses: Some(1),
        windows: vec![],
        revoked_at: None,
        name: "Asha".into(),
        home_gate: None,
        plate4: Some("1234".into()),
        company: None,
        people: 1,
    }
}

fn row<B: Body>(id: u128, seq: u64, body: &B) -> Row {
    let id = RowId(Uuid::from_u128(id).into_bytes());
    Row { kind: B::KIND, schema: B::SCHEMA, id, seq, body: Some(body.to_body()) }
}

fn tombstone(id: u128, seq: u64) -> Row {
    Row { body: None, ..row(id, seq, &pass(0)) }
}

/// Loads a snapshot of `rows` that ends at seq 5.
fn loaded(cache: &Cache, rows: Vec<Row>) {
    let page = SnapshotPage { start: at(5), rows, next: None, head: at(5) };
    cache.execute(&CacheOp::Begin(page, Loading::Changes { cursor: at(5), seen: at(5) })).unwrap();
    let done = Page { from: at(5), to: at(5), head: 5, rows: vec![] };
    cache.execute(&CacheOp::Swap(done)).unwrap();
}

#[test]
fn a_snapshot_loads_beside_the_rows_in_use_over_a_restart_and_then_takes_their_place() {
    let bench = Bench::new();
    let cache = bench.open();
    loaded(&cache, vec![row(1, 1, &pass(7))]);
    let after = SnapshotPlace { kind: PassRow::KIND, id: RowId(Uuid::from_u128(2).into_bytes()) };
    let pieces = Loading::Pieces { start: at(9), after, seen: at(9) };
    let first =
        SnapshotPage { start: at(9), rows: vec![row(2, 6, &pass(7))], next: Some(after), head: at(9) };
    cache.execute(&CacheOp::Begin(first, pieces)).unwrap();
    drop(cache);

    let cache = bench.open();
    assert_eq!(cache.copy().unwrap(), Copy { cursor: Some(at(5)), whole: 5, loading: Some(pieces) });
    let ids = |cache: &Cache| cache.all::<PassRow>().unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&cache), [Uuid::from_u128(1)], "the desk goes on with the old rows");
    let last = SnapshotPage { start: at(9), rows: vec![row(3, 8, &pass(7))], next: None, head: at(10) };
    cache.execute(&CacheOp::Load(last, Loading::Changes { cursor: at(9), seen: at(10) })).unwrap();
    let since =
        Page { from: at(9), to: at(11), head: 11, rows: vec![tombstone(2, 10), row(4, 11, &pass(8))] };
    let copy = cache.execute(&CacheOp::Swap(since)).unwrap();
    assert_eq!(copy, Copy { cursor: Some(at(11)), whole: 11, loading: None });
    assert_eq!(ids(&cache), [Uuid::from_u128(3), Uuid::from_u128(4)]);
    assert_eq!(cache.passes_of(UnitId(Uuid::from_u128(8))).unwrap().len(), 1);
    loaded(&cache, vec![]);
    assert!(ids(&cache).is_empty(), "a second snapshot finds its table's name free");
}

#[test]
fn a_page_applies_whole_where_it_follows_and_not_at_all_where_it_does_not() {
    let bench = Bench::new();
    let cache = bench.open();
    let page = Page { from: at(5), to: at(6), head: 6, rows: vec![row(1, 6, &pass(7))] };
    assert!(matches!(cache.execute(&CacheOp::Apply(page.clone())), Err(CacheError::Elsewhere(_))));
    loaded(&cache, vec![]);
    let before = cache.changes();
    assert_eq!(cache.execute(&CacheOp::Apply(page)).unwrap().cursor, Some(at(6)));
    assert!(cache.changes() > before);
    let elsewhere = Page { from: at(8), to: at(9), head: 9, rows: vec![row(2, 9, &pass(7))] };
    assert!(matches!(cache.execute(&CacheOp::Apply(elsewhere)), Err(CacheError::Elsewhere(_))));
    assert_eq!(cache.all::<PassRow>().unwrap().len(), 1);
    let cut = Page { from: at(6), to: at(7), head: 9, rows: vec![row(2, 7, &pass(7))] };
    let copy = cache.execute(&CacheOp::Apply(cut)).unwrap();
    assert_eq!((copy.cursor, copy.whole), (Some(at(7)), 6), "a cut page does not make the copy whole");
}

#[test]
fn rows_are_found_by_unit_plate_and_pass() {
    let cache = Bench::new().open();
    let used = UseRow { pass: PassId(Uuid::from_u128(1)), at: UnixMs(3), kiosk: KioskId(Uuid::nil()) };
    loaded(&cache, vec![row(1, 1, &pass(7)), row(2, 2, &pass(8)), row(9, 3, &used)]);
    assert_eq!(cache.passes_of(UnitId(Uuid::from_u128(8))).unwrap()[0].id, Uuid::from_u128(2));
    assert_eq!(cache.passes_of_plate("1234").unwrap().len(), 2);
    let uses = cache.uses_of(PassId(Uuid::from_u128(1))).unwrap();
    assert_eq!(uses, [(gatehouse::id::EventId(Uuid::from_u128(9)), UnixMs(3))]);
    assert!(cache.uses_of(PassId(Uuid::from_u128(2))).unwrap().is_empty());
}

#[test]
fn rows_of_unknown_kinds_and_newer_schemas_are_kept() {
    let cache = Bench::new().open();
    let unknown = Row { kind: RowKind(77), ..row(1, 1, &pass(7)) };
    let newer = Row { schema: 2, ..row(2, 2, &pass(7)) };
    loaded(&cache, vec![unknown, newer]);
    assert_eq!(cache.count().unwrap(), 2);
    assert!(cache.get::<PassRow>(Uuid::from_u128(2)).unwrap().unwrap().newer);
}

#[test]
fn a_guards_row_that_cannot_be_read_does_not_keep_what_comes_after_it_away() {
    let cache = Bench::new().open();
    let unreadable = Row { kind: GuardRow::KIND, body: Some(vec![0xff; 40]), ..row(1, 1, &pass(7)) };
    loaded(&cache, vec![unreadable, row(2, 2, &pass(8))]);
    assert!(cache.get::<PassRow>(Uuid::from_u128(2)).unwrap().is_some());
    assert!(cache.all::<GuardRow>().unwrap().is_empty());
    let kept: Vec<u8> = cache
        .read()
        .query_row("select body from row where kind = ?1", [GuardRow::KIND.0], |row| row.get(0))
        .unwrap();
    assert!(kept.is_empty(), "a PIN's hash may stand anywhere in it");
}

#[test]
fn the_servers_pin_hash_never_lies_on_this_disk() {
    let cache = Bench::new().open();
    let guard = GuardRow {
        name: "Ramesh".into(),
        pin_hash: vec![1; 32],
        pin_salt: [2; 16],
        photo: None,
        active: true,
    };
    loaded(&cache, vec![row(1, 1, &guard)]);
    let kept = cache.get::<GuardRow>(Uuid::from_u128(1)).unwrap().unwrap().body;
    assert_eq!(kept.pin_hash, peppered(&[1; 32], &[4; 32]));
    assert_eq!(kept.pin_salt, guard.pin_salt);
}

#[test]
fn a_full_disk_applies_nothing_by_halves() {
    let cache = Bench::new().open();
    loaded(&cache, vec![]);
    cache.writer.lock().unwrap().execute_batch("pragma max_page_count = 1").unwrap();
    let rows = (0..200).map(|n| row(n, 6 + u64::try_from(n).unwrap(), &pass(7))).collect();
    let page = Page { from: at(5), to: at(250), head: 250, rows };
    let failed = cache.execute(&CacheOp::Apply(page));
    assert!(matches!(failed, Err(CacheError::Database(DatabaseError::Full(_)))), "{failed:?}");
    assert_eq!(cache.count().unwrap(), 0);
    assert_eq!(cache.copy().unwrap().cursor, Some(at(5)));
}

#[test]
fn what_is_forgotten_is_gone_and_can_be_loaded_afresh() {
    let bench = Bench::new();
    let cache = bench.open();
    loaded(&cache, vec![row(1, 1, &pass(7))]);
    cache.set_whole_at(UnixMs(5)).unwrap();
    let (settings, changes) = (cache.settings(), cache.changes());
    cache.forget_persons().unwrap();
    assert_eq!(cache.copy().unwrap(), Copy::default());
    assert_eq!((cache.whole_at(), cache.count().unwrap()), (None, 0));
    assert!(cache.settings() > settings && cache.changes() > changes);
    assert!(matches!(cache.set_whole_at(UnixMs(6)), Err(CacheError::NoCopy)));
    assert_eq!(cache.whole_at(), None, "nothing is not fresh");
    loaded(&cache, vec![row(1, 1, &pass(7))]);
    assert_eq!(cache.count().unwrap(), 1);
}
