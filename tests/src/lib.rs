//! What the end-to-end tests stand on: the real server and the real `gatectl` as processes, the window over
//! WebDriver, and pictures for its camera. Nothing here knows either program's code.

pub mod api;
pub mod camera;
pub mod chance;
pub mod clocks;
pub mod community;
pub mod demo;
pub mod display;
pub mod impostor;
pub mod kiosk;
pub mod look;
pub mod postgres;
pub mod programs;
pub mod record;
pub mod server;
pub mod waiting;
pub mod window;
