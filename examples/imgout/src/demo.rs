//! An origin to try things with: it draws a picture for every name.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use image::{ImageFormat, Rgb, RgbImage};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

use crate::failure::Failure;
use crate::storage::{Http, Storage};

/// A storage that starts an HTTP server of its own, on a free port of this machine, when it is first asked.
///
/// It has every image but those whose name begins with `missing`.
#[derive(Default)]
pub struct Demo(OnceCell<Http>);

impl Demo {
    async fn start() -> Result<Http, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Failure::unavailable)?;
        let address = listener.local_addr().map_err(Failure::unavailable)?;
        tokio::spawn(axum::serve(listener, origin()).into_future());
        Http::new(&format!("http://{address}/")).map_err(Failure::unavailable)
    }
}

impl Storage for Demo {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>> {
        async move { self.0.get_or_try_init(Demo::start).await?.read(id).await }.boxed()
    }
}

/// Makes the server: `GET /NAME` draws a picture.
fn origin() -> Router {
    Router::new().route("/{name}", get(answer))
}

/// Makes a server that has one picture, whatever it is asked for, and takes `delay` for it: what it costs is the waiting.
pub fn slow_origin(delay: Duration) -> Router {
    let picture = Bytes::from(draw("load", ImageFormat::Jpeg).unwrap_or_default());
    let answer = async move || {
        tokio::time::sleep(delay).await;
        ([(CONTENT_TYPE, ImageFormat::Jpeg.to_mime_type())], picture)
    };
    Router::new().route("/{name}", get(answer))
}

async fn answer(Path(name): Path<String>) -> Response {
    if name.starts_with("missing") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let format = if name.ends_with(".png") { ImageFormat::Png } else { ImageFormat::Jpeg };
    match tokio::task::spawn_blocking(move || draw(&name, format)).await {
        Ok(Ok(file)) => ([(CONTENT_TYPE, format.to_mime_type())], file).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Draws a sun over the sea, in colours of its own for every name, 640 wide and 400 high.
fn draw(name: &str, format: ImageFormat) -> image::ImageResult<Vec<u8>> {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let hash = hasher.finish();
    let (hue, across) = (hash % 360, 120.0 + (hash / 360 % 400) as f32);
    let picture = RgbImage::from_fn(640, 400, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let from_sun = ((x - across).powi(2) + (y - 190.0).powi(2)).sqrt();
        let light = if y > 260.0 {
            let wave = ((y - 260.0) * 0.6 + (x * 0.05).sin() * 2.0).sin();
            0.25 + 0.1 * wave + 0.3 * (-(x - across).abs() / 60.0).exp()
        } else {
            0.35 + y / 700.0 + (1.0 - from_sun / 70.0).clamp(0.0, 0.4) + 0.2 * (-from_sun / 150.0).exp()
        };
        coloured(hue as f32 + y / 10.0, light.clamp(0.0, 1.0))
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format)?;
    Ok(file.into_inner())
}

/// Returns a colour of a hue in degrees, as light as that.
fn coloured(hue: f32, light: f32) -> Rgb<u8> {
    let part = |offset: f32| {
        let wave = (0.5 + 0.5 * (hue + offset).to_radians().cos()) * 0.6 + 0.4;
        let shade = if light < 0.5 { wave * light * 2.0 } else { wave + (1.0 - wave) * (light - 0.5) * 2.0 };
        (shade * 255.0) as u8
    };
    Rgb([part(0.0), part(240.0), part(120.0)])
}
