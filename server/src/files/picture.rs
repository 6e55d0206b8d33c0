//! Photos: read under limits, turned upright, written anew in three sizes without anything but their pixels; and the copy for others, in
//! which what must not be seen cannot be worked out.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::photo::PhotoArea;

/// Sizes that are made: the longest side in pixels.
pub const SIZES: [u32; 3] = [320, 960, 1600];
/// Most pixels of a photo.
const PIXELS: u64 = 50_000_000;
/// Longest side.
const SIDE: u32 = 20_000;
/// Most bytes that reading one may take.
const MEMORY: u64 = 448 * 1024 * 1024;
/// Of JPEG, up to 100.
const QUALITY: u8 = 82;
/// Blocks along the longer side of an area that is made illegible: what is left of a face is 20 colours.
const BLOCKS: u32 = 5;

/// Why there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    NotAPhoto,
    TooManyPixels,
}

/// One size of a photo.
#[derive(Debug)]
pub struct Made {
    /// The size it was made for.
    pub fits_px: u32,
    pub width_px: u32,
    pub height_px: u32,
    pub jpeg: Vec<u8>,
}

/// All sizes of what came in, the largest last; a small photo has fewer. Takes memory and time: on a thread of its own.
///
/// # Errors
/// [`Unfit`] says why not.
pub fn sizes(bytes: &[u8]) -> Result<Vec<Made>, Unfit> {
    made(&read(bytes)?)
}

/// All sizes of a photo of ours, with these areas made illegible.
///
/// # Errors
/// As [`sizes`].
pub fn without(bytes: &[u8], areas: &[PhotoArea]) -> Result<Vec<Made>, Unfit> {
    let mut photo = read(bytes)?;
    for area in areas {
        cover(&mut photo, *area);
    }
    made(&photo)
}

fn read(bytes: &[u8]) -> Result<RgbImage, Unfit> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unfit::NotAPhoto)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(Unfit::NotAPhoto);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let unfit = |error| match error {
        image::ImageError::Limits(_) => Unfit::TooManyPixels,
        _ => Unfit::NotAPhoto,
    };
    let mut decoder = reader.into_decoder().map_err(unfit)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(Unfit::TooManyPixels);
    }
    let upright = decoder.orientation().map_err(unfit)?;
    let photo = DynamicImage::from_decoder(decoder).map_err(unfit)?;
    // Smaller first: turning and flattening are work per pixel.
    let mut photo = fitted(photo, SIZES[2]);
    photo.apply_orientation(upright);
    Ok(flat(photo))
}

/// Within a square of this side; never larger than it was.
fn fitted(photo: DynamicImage, side: u32) -> DynamicImage {
    let longest = photo.width().max(photo.height());
    if longest <= side {
        photo
    } else if longest > side * 2 {
        photo.thumbnail(side, side)
    } else {
        photo.resize(side, side, FilterType::Triangle)
    }
}

/// On white: JPEG knows no transparency.
fn flat(photo: DynamicImage) -> RgbImage {
    if !photo.color().has_alpha() {
        return photo.into_rgb8();
    }
    let photo = photo.into_rgba8();
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let [red, green, blue, alpha] = photo.get_pixel(x, y).0.map(u32::from);
        let on_white = |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([on_white(red), on_white(green), on_white(blue)])
    })
}

fn made(photo: &RgbImage) -> Result<Vec<Made>, Unfit> {
    let mut all: Vec<Made> = Vec::new();
    let whole = DynamicImage::ImageRgb8(photo.clone());
    for fits_px in SIZES {
        let sized = fitted(whole.clone(), fits_px);
        if all.last().is_some_and(|before| (before.width_px, before.height_px) == (sized.width(), sized.height())) {
            break;
        }
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&sized).map_err(|_| Unfit::NotAPhoto)?;
        all.push(Made { fits_px, width_px: sized.width(), height_px: sized.height(), jpeg });
    }
    Ok(all)
}

/// Makes an area illegible: each of a few blocks becomes its mean colour.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fractions of a size in pixels, clamped")]
fn cover(photo: &mut RgbImage, PhotoArea { x, y, width, height }: PhotoArea) {
    let pixels = |fraction: f64, of: u32| (fraction.clamp(0.0, 1.0) * f64::from(of)) as u32;
    let (left, top) = (pixels(x, photo.width()), pixels(y, photo.height()));
    // Outwards: a pixel that is partly inside is covered.
    let right = (pixels(x + width, photo.width()) + 1).min(photo.width());
    let bottom = (pixels(y + height, photo.height()) + 1).min(photo.height());
    if left >= right || top >= bottom {
        return;
    }
    let block = (right - left).max(bottom - top).div_ceil(BLOCKS).max(1);
    for from_y in (top..bottom).step_by(block as usize) {
        for from_x in (left..right).step_by(block as usize) {
            let (to_x, to_y) = ((from_x + block).min(right), (from_y + block).min(bottom));
            let mut sum = [0_u64; 3];
            for (at_x, at_y) in (from_y..to_y).flat_map(|at_y| (from_x..to_x).map(move |at_x| (at_x, at_y))) {
                for (total, colour) in sum.iter_mut().zip(photo.get_pixel(at_x, at_y).0) {
                    *total += u64::from(colour);
                }
            }
            let count = u64::from(to_x - from_x) * u64::from(to_y - from_y);
            let mean = Rgb(sum.map(|total| u8::try_from(total / count).unwrap_or(u8::MAX)));
            for (at_x, at_y) in (from_y..to_y).flat_map(|at_y| (from_x..to_x).map(move |at_x| (at_x, at_y))) {
                photo.put_pixel(at_x, at_y, mean);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> Rgb<u8>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_fn(width, height, pixel).write_to(&mut bytes, ImageFormat::Png).expect("written");
        bytes.into_inner()
    }

    #[test]
    fn a_photo_is_made_in_sizes_and_never_larger_than_it_was() {
        let large = sizes(&png(2000, 1000, |_, _| Rgb([9, 9, 9]))).expect("made");
        let of: Vec<_> = large.iter().map(|made| (made.fits_px, made.width_px, made.height_px)).collect();
        assert_eq!(of, [(320, 320, 160), (960, 960, 480), (1600, 1600, 800)]);
        let small = sizes(&png(100, 50, |_, _| Rgb([9, 9, 9]))).expect("made");
        assert_eq!((small.len(), small[0].width_px, small[0].height_px), (1, 100, 50));
    }

    #[test]
    fn what_is_covered_keeps_its_place_and_no_more_than_a_few_colours() {
        let noise = png(400, 400, |x, y| Rgb([(x * 37 % 256) as u8, (y * 91 % 256) as u8, ((x * y) % 256) as u8]));
        let area = PhotoArea { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
        let made = without(&noise, &[area]).expect("made");
        let covered = image::load_from_memory(&made.last().expect("one").jpeg).expect("read").into_rgb8();
        // Two neighbours inside are alike, two outside are not.
        let apart = |x: u32, y: u32| covered.get_pixel(x, y).0.iter().zip(covered.get_pixel(x + 7, y).0).map(|(a, b)| a.abs_diff(b)).max();
        assert!(apart(200, 200) < Some(6), "{:?}", apart(200, 200));
        assert!(apart(20, 20) > Some(6));
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        assert_eq!(sizes(b"<svg xmlns='http://www.w3.org/2000/svg'/>").err(), Some(Unfit::NotAPhoto));
        assert_eq!(sizes(b"").err(), Some(Unfit::NotAPhoto));
        let whole = png(100, 100, |x, y| Rgb([(x * 7) as u8, (y * 13) as u8, 0]));
        assert_eq!(sizes(&whole[..whole.len() / 2]).err(), Some(Unfit::NotAPhoto));
    }
}
