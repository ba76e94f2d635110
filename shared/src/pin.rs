//! How a guard's PIN is hashed. The server hashes it, kiosks compare: what differs here makes every PIN wrong. It is
//! argon2id (RFC 9106), version 0x13, of the PIN's digits and a salt.

/// Memory, in KiB.
pub const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
pub const PASSES: u32 = 2;
/// Lanes.
pub const LANES: u32 = 1;
/// Bytes of the output.
pub const HASH_BYTES: usize = 32;
