//! What a DKIM signature costs beside the cryptography that it cannot do without, for `docs/performance.md`.
//!
//! `cargo bench -p postamt-mailauth --bench signing_cost` signs a message of 4 KiB many times, on one thread,
//! with each algorithm, and the same number of bare digests with the same key; it prints both and the
//! difference. Rounds of both take turns, so that a busy machine slows them alike.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use bytes::Bytes;
use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, SignOptions, SignProfile, SigningKey, generate, sign};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

const ROUNDS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let line = "The quick brown fox jumps over the lazy dog and runs away from the hounds.\r\n";
    let body = line.repeat(48);
    let header = "Received: by mail.sender.test (Postamt) with ESMTPSA id 01h2x3y4z5a6b;\r\n\tMon, 21 Sep 2026 14:13:20 +0000\r\n\
                  From: Alice <alice@sender.test>\r\nTo: Bob <bob@receiver.test>\r\nSubject: Lunch\r\n\
                  Date: Mon, 21 Sep 2026 14:13:20 +0000\r\nMessage-ID: <1@sender.test>\r\nMIME-Version: 1.0\r\n\
                  Content-Type: text/plain; charset=utf-8\r\n";
    let pieces = [Bytes::from_static(header.as_bytes()), Bytes::from(format!("\r\n{body}"))];
    for algorithm in Algorithm::ALL {
        measure(algorithm, &pieces)?;
    }
    Ok(())
}

fn measure(algorithm: Algorithm, pieces: &[Bytes]) -> Result<(), Box<dyn Error>> {
    let pem = generate(algorithm, 2048)?;
    let keys = [Arc::new(SigningKey::from_pem(Domain::new("sender.test")?, "s1", pem.as_bytes())?)];
    let options = SignOptions { timestamp: 1, expire_after: None, profile: Arc::new(SignProfile::default()) };
    let bare = bare(algorithm, &pem)?;
    let repeat = if algorithm == Algorithm::Rsa { 200 } else { 2000 };
    let (mut whole_time, mut bare_time) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        whole_time += timed(repeat, || {
            let _ = std::hint::black_box(sign(&keys, pieces, &options));
        });
        bare_time += timed(repeat, &bare);
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(ROUNDS * repeat);
    let (whole, bare) = (each(whole_time), each(bare_time));
    println!(
        "{algorithm}: {whole:.1} us for the whole, {bare:.1} us for the bare signature, {:.1} us ({:.1} %) beside it",
        whole - bare,
        (whole - bare) / bare * 100.0
    );
    Ok(())
}

fn timed(repeat: u32, work: impl Fn()) -> Duration {
    let start = Instant::now();
    (0..repeat).for_each(|_| work());
    start.elapsed()
}

fn bare(algorithm: Algorithm, pem: &str) -> Result<Box<dyn Fn()>, Box<dyn Error>> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())?;
    let hash = digest(&SHA256, b"a digest");
    Ok(match algorithm {
        Algorithm::Rsa => {
            let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())?;
            let length = pair.public_modulus_len();
            Box::new(move || {
                let mut signature = vec![0; length];
                let _ = std::hint::black_box(pair.sign_digest(&RSA_PKCS1_SHA256, &hash, &mut signature));
            })
        }
        Algorithm::Ed25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der())?;
            Box::new(move || {
                let _ = std::hint::black_box(pair.sign(hash.as_ref()));
            })
        }
    })
}
