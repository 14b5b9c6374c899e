//! A thumbnailer: `GET /thumb/:id/:{w}x{h}` through a cache, an origin and a pool that resizes.
//!
//! What it is built of can be chosen: a [`cache`], a [`storage`], an [`engine`]. How it is put together is in [`routers`].

pub mod breakers;
pub mod cache;
pub mod chosen;
pub mod demo;
pub mod engine;
pub mod failure;
pub mod flights;
pub mod guarded;
pub mod parts;
pub mod request;
pub mod routers;
pub mod storage;
pub mod web;
