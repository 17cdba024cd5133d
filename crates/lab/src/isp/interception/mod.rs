//! What listens in the ISP's routers for connections that are diverted to it: the proxy, the greeter, and DNS
//! servers that lie. They run all the time, in both routers; only the firewall decides who meets them.

mod dns;
mod greeter;
mod proxy;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::IspError;
use super::space::Space;
use super::topology::Router;
use crate::zones::DnsServer;

/// Ports of the routers.
pub(super) const PROXY: u16 = 10_025;
pub(super) const GREETER: u16 = 10_026;
pub(super) const DNS_HIJACK: u16 = 10_053;
pub(super) const DNS_SERVER_FAILURE: u16 = 10_054;
pub(super) const DNS_NO_SUCH_NAME: u16 = 10_055;

/// Everything that listens in one router; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Interception {
    _tasks: JoinSet<()>,
    _dns: Vec<DnsServer>,
}

impl Interception {
    /// Starts it all in the router's space.
    pub(super) async fn start(space: &Space, router: &'static Router) -> Result<Self, IspError> {
        space.run(start(router)).await?
    }
}

async fn start(router: &'static Router) -> Result<Interception, IspError> {
    let mut tasks = JoinSet::new();
    let mut servers = Vec::new();
    for address in router.addresses {
        let proxy = listener(SocketAddr::new(address, PROXY)).await?;
        tasks.spawn(serve(proxy, proxy::relay));
        let greeter = listener(SocketAddr::new(address, GREETER)).await?;
        tasks.spawn(serve(greeter, greeter::greet));
        for (port, lie) in [
            (DNS_HIJACK, dns::Lie::Own(router.addresses)),
            (DNS_SERVER_FAILURE, dns::Lie::ServerFailure),
            (DNS_NO_SUCH_NAME, dns::Lie::NoSuchName),
        ] {
            let mind = Arc::new(move |question: &_| Some(dns::answer(lie, question)));
            let server = DnsServer::start_with(SocketAddr::new(address, port), mind).await;
            servers.push(server.map_err(crate::world::WorldError::from)?);
        }
    }
    Ok(Interception { _tasks: tasks, _dns: servers })
}

async fn listener(address: SocketAddr) -> Result<TcpListener, IspError> {
    TcpListener::bind(address).await.map_err(|source| IspError::Service { address, source })
}

/// Hands every connection to `handler`; one that ends with an error concerns nobody else.
async fn serve<F>(listener: TcpListener, handler: fn(TcpStream) -> F)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(handler(stream));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
