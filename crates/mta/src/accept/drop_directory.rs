//! The drop directory: where `sendmail` leaves messages while the server is down. The first line of a file is the
//! envelope as JSON, the rest is the message; the owner of the file is the login. A file is removed only after its
//! message is durable; one that is refused is renamed to `.refused` beside a `.reason`, and said, never deleted.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_mail::envelope::{BodyType, Envelope, Recipient};
use postamt_mail::reply::Reply;
use serde::{Deserialize, Serialize};

use super::intake;
use super::local;
use crate::admit;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, RECIPIENT_LIMIT, Submission};

/// How often the directory is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
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
    loop {
        let listing = directory.clone();
        let files = tokio::task::spawn_blocking(move || list(&listing)).await.unwrap_or_default();
        for file in files {
            take(&context, file).await;
        }
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Finished files only: they end in `.mail`; the command writes under another name and renames.
fn list(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mail"))
        .collect();
    files.sort();
    files
}

async fn take(context: &Arc<Context>, path: PathBuf) {
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
                    return;
                }
                reply.to_string()
            }
            Err(problem) => problem,
        },
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => return,
    };
    set_aside(context, path, problem).await;
}

async fn remove(context: &Context, path: PathBuf) {
    let shown = path.display().to_string();
    let removed = tokio::task::spawn_blocking(move || fs::remove_file(path)).await;
    if let Ok(Err(error)) = removed {
        // It would be sent again at the next look.
        context.event(Event::Warning { what: format!("{shown} was taken but cannot be removed: {error}") });
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
        content: with_crlf(bytes.slice(end + 1..)),
        peer: None,
        helo: None,
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
