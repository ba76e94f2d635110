//! The feed's rules: which page a copy takes, which cursor a server continues, when a page is full.

use gatehouse::{
    feed::{
        Cursor, Page, Row, RowId, RowKind, SnapshotPage, SnapshotPlace,
        apply::{Weighed, is_overlaid, weigh},
        copy::{Loading, Piece, piece},
        serve::{Cut, Feed, Gone, continues},
    },
    id::FeedEpochId,
    sync::SnapshotResume,
};
use proptest::prelude::*;
use uuid::Uuid;

const KIND: RowKind = RowKind(6);

fn at(seq: u64) -> Cursor {
    Cursor { epoch: FeedEpochId(Uuid::from_u128(1)), seq, mark: seq.to_be_bytes() }
}

fn row(id: u64, seq: u64) -> Row {
    let id = RowId(Uuid::from_u128(u128::from(id)).into_bytes());
    Row { kind: KIND, schema: 1, id, seq, body: Some(vec![0; 8]) }
}

fn page(from: u64, to: u64) -> Page {
    Page { from: at(from), to: at(to), head: to, rows: (from + 1..=to).map(|seq| row(seq, seq)).collect() }
}

#[test]
fn a_page_is_taken_where_it_begins_at_the_cursor_and_nowhere_else() {
    assert_eq!(weigh(&at(4), &page(4, 6)), Weighed::Apply);
    assert_eq!(weigh(&at(6), &page(4, 6)), Weighed::Known, "the same again");
    assert_eq!(weigh(&at(6), &page(2, 5)), Weighed::Known, "an old one");
    assert_eq!(weigh(&at(6), &page(6, 6)), Weighed::Known, "nothing new");
    assert_eq!(weigh(&at(5), &page(4, 6)), Weighed::Elsewhere, "the middle of one proves nothing");
    assert_eq!(weigh(&at(3), &page(4, 6)), Weighed::Elsewhere, "one is missing in between");
    let other = Cursor { mark: [0xee; 8], ..at(4) };
    assert_eq!(weigh(&other, &page(4, 6)), Weighed::Elsewhere, "another commit at the same seq");
    let other = Cursor { epoch: FeedEpochId(Uuid::from_u128(2)), ..at(9) };
    assert_eq!(weigh(&other, &page(4, 6)), Weighed::Elsewhere, "another life of the feed");
}

#[test]
fn rows_outside_their_range_or_out_of_order_are_no_page() {
    let broken = |change: fn(&mut Page)| {
        let mut page = page(4, 7);
        change(&mut page);
        weigh(&at(4), &page)
    };
    assert_eq!(broken(|page| page.rows.swap(0, 1)), Weighed::Malformed);
    assert_eq!(broken(|page| page.rows[2].seq = 8), Weighed::Malformed);
    assert_eq!(broken(|page| page.rows[0].seq = 4), Weighed::Malformed);
    assert_eq!(broken(|page| page.rows[1].seq = 5), Weighed::Malformed);
    assert_eq!(broken(|page| page.head = 6), Weighed::Malformed);
    assert_eq!(broken(|page| page.to.epoch = FeedEpochId(Uuid::from_u128(2))), Weighed::Malformed);
    assert_eq!(broken(|page| page.rows.clear()), Weighed::Apply, "all of it may have changed again later");
}

#[test]
fn own_effects_are_laid_over_until_the_copy_was_whole_behind_them() {
    assert!(is_overlaid(None, 99), "nobody knows when it is visible");
    assert!(!is_overlaid(Some(0), 0), "there is nothing to see");
    assert!(is_overlaid(Some(7), 6));
    assert!(!is_overlaid(Some(7), 7));
}

#[test]
fn a_cursor_is_continued_only_in_the_history_it_came_from() {
    let feed = Feed { head: at(20), floor: 5 };
    let mark = |cursor: &Cursor| Some(cursor.seq.to_be_bytes());
    let weigh = |cursor: Cursor| continues(&cursor, &feed, mark(&cursor));
    assert_eq!(weigh(at(20)), Ok(()));
    assert_eq!(weigh(at(5)), Ok(()), "the floor itself");
    assert_eq!(weigh(at(4)), Err(Gone::Floor));
    assert_eq!(weigh(at(21)), Err(Gone::Ahead));
    assert_eq!(weigh(Cursor { mark: [9; 8], ..at(10) }), Err(Gone::Mark));
    assert_eq!(continues(&at(10), &feed, None), Err(Gone::Mark), "nobody knows that commit any more");
    let epoch = FeedEpochId(Uuid::from_u128(2));
    assert_eq!(weigh(Cursor { epoch, ..at(10) }), Err(Gone::Epoch(epoch)));
}

#[test]
fn a_piece_goes_on_where_it_was_asked_to_or_not_at_all() {
    let place = |id: u64| SnapshotPlace { kind: KIND, id: row(id, 1).id };
    let piece_of = |from: u64, to: u64, next: Option<u64>| SnapshotPage {
        start: at(9),
        rows: (from..=to).map(|id| row(id, id)).collect(),
        next: next.map(place),
        head: at(12),
    };
    let resume = SnapshotResume { start: at(9), after: place(3), seen: at(11) };
    let pieces = |id| Loading::Pieces { start: at(9), after: place(id), seen: at(12) };
    assert_eq!(piece(None, &piece_of(1, 3, Some(3))), Piece::Begin(pieces(3)));
    assert_eq!(piece(Some(&resume), &piece_of(4, 6, Some(6))), Piece::Go(pieces(6)));
    let changes = Loading::Changes { cursor: at(9), seen: at(12) };
    assert_eq!(piece(Some(&resume), &piece_of(4, 6, None)), Piece::Go(changes));
    assert_eq!(piece(Some(&resume), &piece_of(3, 6, None)), Piece::Elsewhere, "a row that was loaded");
    assert_eq!(piece(Some(&resume), &piece_of(4, 6, Some(7))), Piece::Elsewhere, "a row would be left out");
    assert_eq!(piece(None, &SnapshotPage { rows: vec![], ..piece_of(1, 1, Some(1)) }), Piece::Elsewhere);
    let other = SnapshotPage { start: at(10), ..piece_of(4, 6, None) };
    assert_eq!(piece(Some(&resume), &other), Piece::Elsewhere, "a piece of another snapshot");
}

proptest! {
    /// However rows are sized, the pages together hold each of them once, none above its limits but where a
    /// single row is, and each page ends at its last row or at the head.
    #[test]
    fn pages_hold_every_row_once(sizes in prop::collection::vec(0..60_usize, 0..80), rows in 1..20_usize, bytes in 1..200_usize) {
        let all: Vec<Row> = (1..).zip(&sizes).map(|(seq, size)| Row { body: Some(vec![0; *size]), ..row(seq, seq) }).collect();
        let head = all.len() as u64;
        let mut reached = 0;
        let mut seen = Vec::new();
        while reached < head {
            let mut cut = Cut::with_limits(rows, bytes);
            for row in all.iter().filter(|row| row.seq > reached).take(cut.to_read()) {
                if !cut.push(row.clone()) {
                    break;
                }
            }
            let to = cut.ends_at(head);
            let taken = cut.into_rows();
            let size: usize = taken.iter().filter_map(|row| row.body.as_ref()).map(Vec::len).sum();
            prop_assert!(!taken.is_empty() && taken.len() <= rows);
            prop_assert!(size <= bytes || taken.len() == 1);
            prop_assert!(to > reached && taken.last().is_some_and(|last| last.seq == to));
            seen.extend(taken);
            reached = to;
        }
        prop_assert_eq!(seen, all);
    }
}
