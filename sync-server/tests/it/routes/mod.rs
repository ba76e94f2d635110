//! A module for each capability's routes. Each test runs on both engines: together they are the stores' contract.

mod admins;
mod alerts;
mod audit;
mod auth;
mod communities_apart;
mod community;
mod demo;
mod gates;
mod guards;
mod idempotency;
mod kiosks;
mod late_body;
mod notifications;
mod passes;
mod people;
mod queries;
mod residents;
mod spoken;
mod units;
mod unread_body;
mod visitors;
mod workers;
