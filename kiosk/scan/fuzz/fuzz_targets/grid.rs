//! A grid of modules: the first byte is the version, the others are how dark each module is.
#![no_main]

use gatehouse_scan::read_grid;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [version, modules @ ..] = data else { return };
    let version = usize::from(version % 40) + 1;
    let side = 4 * version + 17;
    let soft: Vec<f32> =
        modules.iter().cycle().take(side * side).map(|v| (f32::from(*v) - 127.5) / 64.0).collect();
    if soft.len() == side * side {
        read_grid(version, &soft);
    }
});
