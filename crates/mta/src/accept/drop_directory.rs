//! The drop directory: where `sendmail` leaves messages while the server is down. The first line of a file is the
//! envelope as JSON, the rest is the message; the owner of the file is the login. A file is removed only after its
//! message is durable; one that is refused is renamed to `.refused` beside a `.reason`, and said, never deleted. One
//! that cannot be read now stays, and so does one that cannot be removed, which is not taken twice. One that is not taken
//! now is looked at again later and later, while others are taken, until the lifetime of a message is over.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_mail::data::{Content, ContentRules, LongLines};
use postamt_mail::envelope::{BodyType, Envelope, Recipient};
use postamt_mail::reply::Reply;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::intake;
use super::local;
use crate::admit;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, RECIPIENT_LIMIT, Submission};
use crate::settings::Limits;

/// How often the directory is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long a file waits at the most until it is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Room for the envelope line beside the message.
const ENVELOPE_LIMIT: u64 = 1 << 20;

/// The first line of a dropped file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedEnvelope {
    /// Envelope sender; empty is the null path.
    pub sender: String,
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// `BODY=8BITMIME` was asked for.
    #[serde(default)]
    pub eight_bit: bool,
    /// `RET=FULL` (true) or `RET=HDRS` (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_full: Option<bool>,
    /// `ENVID` in xtext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope_id: Option<String>,
    /// `NOTIFY`: any of `success`, `failure`, `delay`; an empty list is `never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Vec<String>>,
}

/// Makes the directory: everybody may write into it, nobody may list it or touch others' files.
///
/// # Errors
/// What the file system says.
pub fn prepare(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o1733))
}

/// Picks up what lies there, now and then, until the server stops.
pub async fn serve(context: Arc<Context>, directory: PathBuf) {
    let mut taken = HashSet::new();
    let mut waiting = HashMap::new();
    let mut trouble = None;
    loop {
        let listing = directory.clone();
        match tokio::task::spawn_blocking(move || list(&listing)).await {
            Ok(Ok(files)) => {
                trouble = None;
                taken.retain(|file| files.binary_search(file).is_ok());
                waiting.retain(|file, _| files.binary_search(file).is_ok());
                for file in due(files, &waiting, Instant::now()) {
                    if context.stop.is_cancelled() {
                        return;
                    }
                    if !taken.contains(&file) {
                        look(&context, file, &mut taken, &mut waiting).await;
                    }
                }
            }
            Ok(Err(error)) => {
                // Said once: mail may lie there that nobody sees.
                if trouble.replace(error.kind()) != Some(error.kind()) {
                    let what = format!("the drop directory {} cannot be read: {error}", directory.display());
                    context.event(Event::Warning { what });
                }
            }
            Err(_) => {}
        }
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Finished files only: they end in `.mail`; the command writes under another name and renames.
fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<_> = fs::read_dir(directory)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mail"))
        .collect();
    files.sort();
    Ok(files)
}

/// A file that was not taken when it was looked at.
#[derive(Debug, Clone, Copy)]
struct Waits {
    since: Instant,
    next: Instant,
    wait: Duration,
}

impl Waits {
    /// After its first look.
    fn from(now: Instant) -> Self {
        Self { since: now, next: now + LOOK_AGAIN, wait: LOOK_AGAIN }
    }

    /// After another.
    fn again(self, now: Instant) -> Self {
        let wait = (self.wait * 2).min(LONGEST_WAIT);
        Self { next: now + wait, wait, ..self }
    }
}

/// The files to look at now, new ones first: one that the server cannot take may cost a long time.
fn due(mut files: Vec<PathBuf>, waiting: &HashMap<PathBuf, Waits>, now: Instant) -> Vec<PathBuf> {
    files.retain(|file| waiting.get(file).is_none_or(|waits| now >= waits.next));
    files.sort_by_key(|file| waiting.get(file).map(|waits| waits.wait));
    files
}

async fn look(
    context: &Arc<Context>,
    file: PathBuf,
    taken: &mut HashSet<PathBuf>,
    waiting: &mut HashMap<PathBuf, Waits>,
) {
    match take(context, file.clone()).await {
        Left::Open => {
            waiting.remove(&file);
        }
        Left::Taken => {
            taken.insert(file);
        }
        Left::Deferred(reply) => {
            let now = Instant::now();
            let waits = waiting.get(&file).map_or_else(|| Waits::from(now), |waits| waits.again(now));
            if now.duration_since(waits.since) < context.settings().retry.lifetime {
                waiting.insert(file, waits);
                return;
            }
            waiting.remove(&file);
            set_aside(context, file, format!("not taken within the lifetime of a message, at last: {reply}"))
                .await;
        }
    }
}

/// What lies under the name of a file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Left {
    /// Nothing, or something that is to be looked at again.
    Open,
    /// A file whose message is in the queue, and that cannot be removed.
    Taken,
    /// A file whose message is not taken now, with the reply.
    Deferred(String),
}

async fn take(context: &Arc<Context>, path: PathBuf) -> Left {
    let limit = context.settings().limits.message_bytes;
    let reading = path.clone();
    let read = tokio::task::spawn_blocking(move || read(&reading, limit)).await;
    let problem = match read {
        Ok(Ok((uid, bytes))) => match submission(context, uid, bytes) {
            Ok(submission) => {
                let reply = intake::take(context, submission).await;
                if reply.code.is_success() {
                    return remove(context, path).await;
                }
                if reply.code.is_temporary() {
                    // It stays where it is and is looked at again.
                    return Left::Deferred(reply.to_string());
                }
                reply.to_string()
            }
            Err(problem) => problem,
        },
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => return Left::Open,
        Ok(Err(error)) if is_final(&error) => error.to_string(),
        Ok(Err(error)) => {
            let what = format!("dropped mail {} cannot be read now: {error}", path.display());
            context.event(Event::Warning { what });
            return Left::Open;
        }
        Err(_) => return Left::Open,
    };
    set_aside(context, path, problem).await;
    Left::Open
}

/// Whether another look would find the same: our own objections, a link, a file that we may not read. All else is the
/// system's trouble of the moment (no descriptors, no memory, a disk that fails) and says nothing about the mail.
fn is_final(error: &io::Error) -> bool {
    use rustix::io::Errno;
    error.raw_os_error().is_none() || matches!(Errno::from_io_error(error), Some(Errno::LOOP | Errno::ACCESS))
}

async fn remove(context: &Context, path: PathBuf) -> Left {
    let shown = path.display().to_string();
    match tokio::task::spawn_blocking(move || fs::remove_file(path)).await {
        Ok(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
            // It would be sent again at the next start.
            let what = format!("{shown} was taken but cannot be removed: {error}");
            context.event(Event::Warning { what });
            Left::Taken
        }
        _ => Left::Open,
    }
}

async fn set_aside(context: &Context, path: PathBuf, problem: String) {
    context.event(Event::Warning { what: format!("dropped mail {} was refused: {problem}", path.display()) });
    let moved = tokio::task::spawn_blocking(move || {
        write_reason(&path.with_extension("reason"), &problem)?;
        fs::rename(&path, path.with_extension("refused"))
    });
    if let Ok(Err(error)) = moved.await {
        context.event(Event::Warning { what: format!("refused mail cannot be set aside: {error}") });
    }
}

/// Everybody may write into the directory: what lies under the name already, a link above all, is not followed but
/// replaced.
fn write_reason(path: &Path, problem: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(problem.as_bytes())
}

/// Reads a file that a stranger may have made: no links, no devices, no second name elsewhere, no more than the
/// limit.
fn read(path: &Path, limit: u64) -> io::Result<(u32, Vec<u8>)> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.nlink() != 1 {
        return Err(io::Error::other("not a plain file of its own"));
    }
    if metadata.len() > limit + ENVELOPE_LIMIT {
        return Err(io::Error::other(format!("larger than the message limit of {limit} octets")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(limit + ENVELOPE_LIMIT).read_to_end(&mut bytes)?;
    Ok((metadata.uid(), bytes))
}

fn submission(context: &Context, uid: u32, bytes: Vec<u8>) -> Result<Submission, String> {
    let bytes = Bytes::from(bytes);
    let end = memchr::memchr(b'\n', &bytes).ok_or("no envelope line")?;
    let dropped: DroppedEnvelope =
        serde_json::from_slice(&bytes[..end]).map_err(|error| format!("envelope line: {error}"))?;
    let envelope = envelope(&dropped)?;
    let identity = local::identity(context, uid);
    let settings = context.settings();
    if envelope.recipients.len() > settings.limits.recipients.min(RECIPIENT_LIMIT) {
        return Err(format!("more than {} recipients", settings.limits.recipients.min(RECIPIENT_LIMIT)));
    }
    let refused = |reply: Reply| reply.to_string();
    admit::sender(&settings, &identity, &envelope.sender).map_err(refused)?;
    for recipient in &envelope.recipients {
        admit::recipient(&settings, &identity, Channel::Sendmail, &recipient.address).map_err(refused)?;
    }
    Ok(Submission {
        identity,
        channel: Channel::Sendmail,
        envelope,
        content: content(&settings.limits, bytes.slice(end + 1..))?,
        peer: None,
        helo: None,
        mechanism: None,
        tls: None,
        extended: true,
    })
}

fn envelope(dropped: &DroppedEnvelope) -> Result<Envelope, String> {
    let parse = |text: &str| Address::new(text).map_err(|error| format!("{text}: {error}"));
    let sender = if dropped.sender.is_empty() { None } else { Some(parse(&dropped.sender)?) };
    let mut recipients = Vec::with_capacity(dropped.recipients.len());
    for text in &dropped.recipients {
        let mut recipient = Recipient::new(parse(text)?);
        if let Some(notify) = &dropped.notify {
            let wants = |word: &str| notify.iter().any(|item| item == word);
            recipient.explicit_notify = true;
            recipient.notify.success = wants("success");
            recipient.notify.failure = wants("failure");
            recipient.notify.delay = wants("delay");
        }
        recipients.push(recipient);
    }
    if recipients.is_empty() {
        return Err("no recipient".to_owned());
    }
    use postamt_mail::envelope::ReturnContent::{Full, Headers};
    Ok(Envelope {
        smtputf8: sender.iter().chain(recipients.iter().map(|r| &r.address)).any(Address::needs_smtputf8),
        sender,
        recipients,
        body: if dropped.eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
        require_tls: false,
        return_content: dropped.return_full.map(|full| if full { Full } else { Headers }),
        envelope_id: dropped.envelope_id.clone(),
    })
}

/// The same rules as for a message that comes by the socket.
fn content(limits: &Limits, octets: Bytes) -> Result<Bytes, String> {
    let rules = ContentRules {
        size_limit: limits.message_bytes,
        header_limit: limits.header_bytes,
        long_lines: LongLines::Break,
    };
    let octets = with_crlf(octets);
    let mut content = Content::new(rules, Some(octets.len() as u64));
    content.push(&octets);
    content.finish().map(|finished| finished.octets).map_err(|fault| fault.reply().to_owned())
}

/// A bare LF becomes CRLF: local files may have either. A bare CR is taken out of the line ends for good.
fn with_crlf(content: Bytes) -> Bytes {
    let is_clean = memchr::memchr2_iter(b'\r', b'\n', &content).all(|place| match content[place] {
        b'\r' => content.get(place + 1) == Some(&b'\n'),
        _ => place > 0 && content[place - 1] == b'\r',
    });
    if is_clean && (content.is_empty() || content.ends_with(b"\r\n")) {
        return content;
    }
    let mut clean = Vec::with_capacity(content.len() + content.len() / 32);
    for line in content.split_inclusive(|octet| *octet == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        clean.extend(text.iter().filter(|octet| **octet != b'\r'));
        clean.extend_from_slice(b"\r\n");
    }
    clean.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_crlf() {
        for (input, expected) in [
            ("a\nb\n", "a\r\nb\r\n"),
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            ("a\r\nb", "a\r\nb\r\n"),
            ("a\rb\n", "ab\r\n"),
            ("", ""),
        ] {
            assert_eq!(with_crlf(Bytes::from(input)), expected, "{input:?}");
        }
    }

    #[test]
    fn dropped_content_obeys_the_rules_of_the_socket() {
        let limits = crate::settings::tests::sample().limits;
        let long = Bytes::from(format!("Subject: x\n\n{}\n", "word ".repeat(300)));
        let broken = content(&limits, long).expect("broken into lines");
        assert!(broken.split(|octet| *octet == b'\n').all(|line| line.len() <= 999), "{broken:?}");
        let nul = content(&limits, Bytes::from_static(b"Subject: x\n\na\0b\n"));
        assert!(nul.is_err_and(|words| words.starts_with("550 5.6.0")));
    }

    #[test]
    fn only_what_stays_so_is_set_aside() {
        use rustix::io::Errno;
        for (errno, expected) in
            [(Errno::LOOP, true), (Errno::ACCESS, true), (Errno::MFILE, false), (Errno::IO, false)]
        {
            assert_eq!(is_final(&errno.into()), expected, "{errno}");
        }
        assert!(is_final(&io::Error::other("not a plain file of its own")));
    }

    #[test]
    fn a_file_that_is_not_taken_waits_longer_each_time_and_behind_new_ones() {
        let start = Instant::now();
        let files: Vec<PathBuf> = ["a.mail", "b.mail"].map(PathBuf::from).into();
        let mut waits = Waits::from(start);
        let waiting = HashMap::from([(files[0].clone(), waits)]);
        assert_eq!(due(files.clone(), &waiting, start), files[1..]);
        let later = due(files.clone(), &waiting, start + LOOK_AGAIN);
        assert_eq!(later, [files[1].clone(), files[0].clone()]);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let now = waits.next;
            waits = waits.again(now);
            pauses.push((waits.next - now).as_secs());
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(waits.since, start, "its lifetime goes on");
    }

    #[test]
    fn a_link_is_not_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let real = directory.path().join("real");
        fs::write(&real, "secret").expect("written");
        let link = directory.path().join("x.mail");
        std::os::unix::fs::symlink(&real, &link).expect("linked");
        assert!(read(&link, 100).is_err());
        let second = directory.path().join("y.mail");
        fs::hard_link(&real, &second).expect("linked");
        assert!(read(&second, 100).is_err());
    }
}
