//! Sound: told by its first bytes, kept as it is.

/// The media type of a sound that is played; `None` for what is none of the four that phones record.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(128)];
    let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    match head {
        [0x1a, 0x45, 0xdf, 0xa3, ..] if has(b"webm") => Some("audio/webm"),
        [b'O', b'g', b'g', b'S', ..] if has(b"OpusHead") || has(b"vorbis") => Some("audio/ogg"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("audio/mp4"),
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some("audio/aac"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_what_its_first_bytes_say() {
        assert_eq!(kind(b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01webm"), Some("audio/webm"));
        assert_eq!(kind(b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead"), Some("audio/ogg"));
        assert_eq!(kind(b"\0\0\0\x1cftypM4A "), Some("audio/mp4"));
        assert_eq!(kind(b"\xff\xf1\x50\x80"), Some("audio/aac"));
        for other in [&b"<html>"[..], b"", b"MZ", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0"] {
            assert_eq!(kind(other), None);
        }
    }
}
