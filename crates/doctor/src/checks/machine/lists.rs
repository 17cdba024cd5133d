//! Files of package managers, line by line: as they are, or packed as apt keeps them where space is dear
//! (`Acquire::GzipIndexes`): by gzip, LZ4 or xz.
//!
//! [`each_line`] fails where the file cannot be read to its end: cut off, spoilt, packed otherwise, or without end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::XzReader;

/// Octets of an unpacked list at the most: Debian's largest has a fifth of it.
const SIZE_LIMIT: u64 = 256 << 20;
/// KiB that unpacking xz may take: `xz -9` needs 64 MiB for its dictionary, which a file can ask for up to 4 GiB of.
const XZ_MEMORY: u32 = 80 << 10;
/// Octets of a line at the most.
const LINE_LIMIT: usize = 1 << 20;

/// Whether a file of this name is a list of packages, packed or not.
pub(super) fn is_of_packages(name: &str) -> bool {
    name.ends_with("_Packages") || name.rsplit_once('.').is_some_and(|(name, _)| name.ends_with("_Packages"))
}

/// Calls `each` with every line, without its end. The end of the name says how it is packed.
///
/// # Errors
/// See the head of this file; `each` may have been called.
pub(super) fn each_line(path: &Path, each: impl FnMut(&[u8])) -> io::Result<()> {
    let file = BufReader::new(File::open(path)?);
    let mut lines = Lines { each, begun: Vec::new(), size: 0 };
    match path.extension().and_then(|end| end.to_str()) {
        Some("gz") => lines.feed(BufReader::new(MultiGzDecoder::new(file)))?,
        Some("lz4") => lines.feed(BufReader::new(FrameDecoder::new(file)))?,
        Some("xz") => lines.feed(BufReader::new(XzReader::new_mem_limit(file, true, XZ_MEMORY)))?,
        Some("bz2" | "lzma" | "zst") => return Err(io::ErrorKind::Unsupported.into()),
        _ => lines.feed(file)?,
    }
    lines.end();
    Ok(())
}

/// Cuts what is written to it into lines.
struct Lines<F> {
    each: F,
    begun: Vec<u8>,
    size: u64,
}

impl<F: FnMut(&[u8])> Lines<F> {
    fn feed(&mut self, mut from: impl BufRead) -> io::Result<()> {
        io::copy(&mut from.by_ref().take(SIZE_LIMIT + 1), self).map(drop)
    }

    /// A last line without an end.
    fn end(&mut self) {
        if !self.begun.is_empty() {
            (self.each)(&std::mem::take(&mut self.begun));
        }
    }
}

impl<F: FnMut(&[u8])> Write for Lines<F> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.size += octets.len() as u64;
        if self.size > SIZE_LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        for part in octets.split_inclusive(|octet| *octet == b'\n') {
            self.begun.extend_from_slice(part);
            if self.begun.pop_if(|last| *last == b'\n').is_some() {
                (self.each)(&self.begun);
                self.begun.clear();
            } else if self.begun.len() > LINE_LIMIT {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As gzip 1.12, lz4 1.9.4 and xz 5.4.1 of Debian pack it.
    const PACKED: [(&str, &[u8]); 3] = [
        ("gz", include_bytes!("lists/Packages.gz")),
        ("lz4", include_bytes!("lists/Packages.lz4")),
        ("xz", include_bytes!("lists/Packages.xz")),
    ];
    const PLAIN: &[u8] = include_bytes!("lists/Packages");

    fn lines(name: &str, octets: &[u8]) -> io::Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        let mut found = Vec::new();
        each_line(&path, |line| found.push(String::from_utf8_lossy(line).into_owned()))?;
        Ok(found)
    }

    #[test]
    fn packed_lists_are_read() {
        let plain: Vec<String> = String::from_utf8_lossy(PLAIN).lines().map(str::to_owned).collect();
        assert!(plain.len() > 20, "{plain:?}");
        assert_eq!(lines("a_Packages", PLAIN).unwrap(), plain);
        for (end, octets) in PACKED {
            assert_eq!(lines(&format!("a_Packages.{end}"), octets).unwrap(), plain, "{end}");
            for broken in [&octets[..octets.len() / 2], &octets[..octets.len() - 3], b"no such file"] {
                assert!(lines(&format!("a_Packages.{end}"), broken).is_err(), "{end}: {}", broken.len());
            }
            let mut spoilt = octets.to_vec();
            spoilt[octets.len() / 2] ^= 0x55;
            assert!(lines(&format!("a_Packages.{end}"), &spoilt).is_err(), "{end}: spoilt");
        }
        assert!(lines("a_Packages.zst", PLAIN).is_err());
        assert_eq!(lines("a", b"x\n\ny").unwrap(), ["x", "", "y"]);
    }

    #[test]
    fn what_has_no_end_is_not_read() {
        let mut one = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        one.write_all(&vec![b'x'; 2 << 20]).unwrap();
        let error = lines("a_Packages.gz", &one.finish().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "a line");
        let mut all = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let lines_of_x = [b'x', b'\n'].repeat(1 << 19);
        for _ in 0..=SIZE_LIMIT >> 20 {
            all.write_all(&lines_of_x).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a_Packages.gz");
        std::fs::write(&path, all.finish().unwrap()).unwrap();
        assert_eq!(each_line(&path, |_| {}).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    /// 2,700,000 lines of 100 octets in one block, as xz 5.4.1 packs them.
    const BOMB: &[u8] = include_bytes!("lists/Bomb.xz");

    #[test]
    fn a_bomb_of_xz_is_read_up_to_the_limit_and_never_held() {
        let read = |octets: &[u8]| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a_Packages.xz");
            std::fs::write(&path, octets).unwrap();
            let mut count = 0_u64;
            let error = each_line(&path, |_| count += 1).unwrap_err();
            (error.kind(), count)
        };
        let (kind, count) = read(BOMB);
        assert_eq!(kind, io::ErrorKind::FileTooLarge);
        assert!(count <= SIZE_LIMIT / 100, "{count}");
        // Its lines come while its only block is still being unpacked.
        let (kind, count) = read(&BOMB[..BOMB.len() / 4]);
        assert_eq!(kind, io::ErrorKind::UnexpectedEof);
        assert!(count > 100_000, "{count}");
    }

    #[test]
    fn xz_that_wants_much_memory_gets_none() {
        let mut greedy = PACKED[2].1.to_vec();
        // xz file format 1.1.0 §3.1: behind the stream's twelve octets the block's header, with its size, its CRC 32,
        // and the number (0x21) and the properties of the filter, the size of its dictionary.
        let end = 12 + usize::from(greedy[12]) * 4;
        let filter = 12 + greedy[12..end].iter().position(|octet| *octet == 0x21).unwrap();
        for (dictionary, kind) in [(40, Some(io::ErrorKind::OutOfMemory)), (28, None)] {
            greedy[filter + 2] = dictionary;
            let mut crc = flate2::Crc::new();
            crc.update(&greedy[12..end]);
            greedy[end..end + 4].copy_from_slice(&crc.sum().to_le_bytes());
            let read = lines("a_Packages.xz", &greedy);
            assert_eq!(read.map(drop).map_err(|error| error.kind()).err(), kind, "{dictionary}");
        }
    }

    #[test]
    fn names_of_lists() {
        for (name, is_one) in [
            ("deb.test_dists_a-security_main_binary-amd64_Packages", true),
            ("deb.test_dists_a-security_main_binary-amd64_Packages.lz4", true),
            ("deb.test_dists_a-security_InRelease", false),
            ("deb.test_dists_a-security_main_i18n_Translation-en.lz4", false),
        ] {
            assert_eq!(is_of_packages(name), is_one, "{name}");
        }
    }
}
