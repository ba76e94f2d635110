//! The table: frames read by category, then times.

use std::collections::BTreeMap;

use crate::corpus::Shot;
use crate::decoders::Outcome;

/// Prints frames read by category, and times on hits and on empty frames.
pub fn print(shots: &[Shot], results: &[(&str, Vec<Outcome>)]) {
    let mut categories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, shot) in shots.iter().enumerate() {
        categories.entry(&shot.category).or_default().push(i);
    }
    print!("{:<28}{:>8}", "category", "frames");
    for (name, _) in results {
        print!("{name:>12}");
    }
    println!();
    let line = |label: &str, count: usize, cell: &dyn Fn(&[Outcome]) -> String| {
        print!("{label:<28}{count:>8}");
        for (_, outcomes) in results {
            print!("{:>12}", cell(outcomes));
        }
        println!();
    };
    for (category, members) in &categories {
        line(category, members.len(), &|o| members.iter().filter(|&&i| o[i].right).count().to_string());
    }
    let mut origins: Vec<&str> = shots.iter().filter_map(|s| s.category.split(' ').next()).collect();
    origins.dedup();
    let coded = |i: &usize| !shots[*i].texts.is_empty();
    for origin in &origins {
        let members: Vec<usize> =
            (0..shots.len()).filter(coded).filter(|&i| shots[i].category.starts_with(origin)).collect();
        line(&format!("{origin}: codes read"), members.len(), &|o| {
            let read = members.iter().filter(|&&i| o[i].right).count();
            format!("{:.1} %", 100.0 * read as f64 / members.len().max(1) as f64)
        });
    }
    let all = shots.len();
    line("texts invented", all, &|o| o.iter().filter(|o| o.invented).count().to_string());
    for origin in &origins {
        let times = |o: &[Outcome], hit: bool, share: f64| {
            let mut ms: Vec<f64> = (0..all)
                .filter(|&i| shots[i].category.starts_with(origin))
                .filter(|&i| if hit { coded(&i) && o[i].right } else { !coded(&i) })
                .map(|i| o[i].ms)
                .collect();
            ms.sort_unstable_by(f64::total_cmp);
            ms.get(((ms.len().max(1) - 1) as f64 * share).round() as usize)
                .map_or("-".into(), |v| format!("{v:.2}"))
        };
        line(&format!("{origin}: ms on a hit, p50"), 0, &|o| times(o, true, 0.5));
        line(&format!("{origin}: ms on a hit, p95"), 0, &|o| times(o, true, 0.95));
        line(&format!("{origin}: ms on empty, p50"), 0, &|o| times(o, false, 0.5));
        line(&format!("{origin}: ms on empty, p95"), 0, &|o| times(o, false, 0.95));
        line(&format!("{origin}: ms, worst frame"), 0, &|o| {
            let worst = (0..all)
                .filter(|&i| shots[i].category.starts_with(origin))
                .map(|i| o[i].ms)
                .fold(0.0, f64::max);
            format!("{worst:.1}")
        });
    }
}
