//! A server, a project, and what a stack's life on it is when nobody disturbs it.

use std::path::Path;

use serde_json::Value as Json;
use tokio::sync::OnceCell;

use crate::emulator::{Emulator, Kind};
use crate::life::Phase;
use crate::listing::Lister;
use crate::program::Home;
use crate::wire::Proxy;

/// What a part of the life is when nobody disturbs it.
pub struct Calm {
    /// What there is at its end.
    pub listing: Json,
    /// How many requests it sends.
    pub requests: u64,
}

/// A server with one stack's life on it.
pub struct World {
    /// The server.
    pub emulator: Emulator,
    lister: Lister,
    /// The user's home, with the project.
    pub home: Home,
}

impl World {
    /// Starts a server of its own.
    pub async fn start(program: &Path) -> Self {
        World {
            emulator: Emulator::start(Kind::Ministack, program).await,
            lister: Lister::start(program),
            home: Home::new(),
        }
    }

    /// Everything that there is on the server.
    pub async fn list(&mut self) -> Json {
        self.lister.list(&self.emulator.url()).await
    }

    /// The server's address.
    pub fn url(&self) -> String {
        self.emulator.url()
    }

    /// A part of the life without disturbance.
    async fn calm(&mut self, phase: Phase) -> Calm {
        let proxy = Proxy::calm(&self.emulator.url()).await;
        phase.write(&self.home);
        let ended = self.home.run(&proxy.url(), phase.words()).await;
        ended.expect(0);
        Calm {
            listing: self.list().await,
            requests: proxy.seen().len() as u64,
        }
    }
}

/// The whole life without disturbance, in the order of [`Phase::ALL`]. It is lived once for all tests.
pub async fn calm(program: &Path) -> &'static [Calm] {
    static CALM: OnceCell<Vec<Calm>> = OnceCell::const_new();
    let lived = CALM.get_or_init(|| async {
        let mut world = World::start(program).await;
        let mut calm = Vec::new();
        for phase in Phase::ALL {
            calm.push(world.calm(phase).await);
        }
        calm
    });
    lived.await
}
