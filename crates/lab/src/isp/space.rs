//! A network namespace with somebody in it: a thread that lives there, with a runtime of its own.
//!
//! A namespace belongs to a thread, and so does every socket to the namespace of the thread that opened it. What
//! is given to [`Space::run`] runs on the space's only thread: its sockets, its files under `/proc/sys/net` and
//! the programs that it starts are those of the space. The namespace goes when the thread has ended and nothing
//! of it is open any more.

use std::fs::File;
use std::io;
use std::thread;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::IspError;
use crate::namespace;

/// Where a space comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The namespace of whoever starts it.
    Inherited,
    /// A new one.
    New,
}

/// A place to run things in; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Space {
    name: &'static str,
    handle: Handle,
    namespace: OwnedFd,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Space {
    /// Starts the thread, and moves it into a namespace of its own if that is asked for.
    pub(super) async fn start(name: &'static str, origin: Origin) -> Result<Self, IspError> {
        let failure = |source| IspError::Space { space: name, source };
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let live = move || live(origin, ready, stopped);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(live).map_err(failure)?;
        let (handle, namespace) =
            started.await.map_err(|_| IspError::Ended { space: name })?.map_err(failure)?;
        Ok(Self { name, handle, namespace, stop: Some(stop), thread: Some(thread) })
    }

    /// What it is called.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The namespace, to put links into.
    pub(super) fn namespace(&self) -> BorrowedFd<'_> {
        self.namespace.as_fd()
    }

    /// Runs something in it, to its end even if the caller does not wait.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, IspError> {
        self.handle.spawn(work).await.map_err(|_| IspError::Ended { space: self.name })
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error says that the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // It ends at once: it has nothing to do but to drop its runtime. If it panicked, the panic was shown.
            let _ = thread.join();
        }
    }
}

type Started = io::Result<(Handle, OwnedFd)>;

fn live(origin: Origin, ready: oneshot::Sender<Started>, stopped: oneshot::Receiver<()>) {
    let prepared = || -> io::Result<_> {
        if origin == Origin::New {
            namespace::leave_alone()?;
        }
        let own = File::open("/proc/thread-self/ns/net")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok((runtime, OwnedFd::from(own)))
    };
    let runtime = match prepared() {
        Ok((runtime, own)) => {
            let handle = runtime.handle().clone();
            if ready.send(Ok((handle, own))).is_err() {
                return;
            }
            runtime
        }
        Err(error) => {
            // Nobody waits any more: nobody to tell.
            let _ = ready.send(Err(error));
            return;
        }
    };
    // Either somebody stops it or forgets it; both end it.
    let _ = runtime.block_on(stopped);
}
