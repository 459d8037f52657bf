//! Neo4j Community, from the jars that Maven Central has.

use crate::supervisor::{Supervised, run_folder, sweep};
use crate::{ServerError, cache, java};
use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const POM: &str = include_str!("../../../deploy/servers/neo4j/pom.xml");
const SERVER: &str = "neo4j";

/// How long a start may take before it counts as failed; it takes about six seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// The variable in which `cargo xtask test` tells tests where Neo4j is.
pub const NEO4J_VARIABLE: &str = "RIPPLE_TEST_NEO4J";

/// A running Neo4j with an empty database. Dropping it stops it.
pub struct Neo4j {
    process: Supervised,
    bolt: u16,
    http: u16,
    password: String,
}

impl Neo4j {
    /// Fetches Neo4j where the cache does not hold it, starts it and waits until it answers.
    ///
    /// # Errors
    /// Java or Maven is missing, the download or the start failed; the text says which.
    pub fn start() -> Result<Self, ServerError> {
        let java = java::java("Neo4j")?;
        let jars = cache::jars(SERVER, POM)?;
        sweep();
        let mut failed = None;
        // Another process may take a port between our look and Neo4j's.
        for _ in 0..3 {
            match Self::once(&java, &jars) {
                Err(ServerError::Start { log, why, server })
                    if log.contains("Address already in use") =>
                {
                    failed = Some(ServerError::Start { server, why, log });
                }
                done => return done,
            }
        }
        Err(failed.unwrap_or(ServerError::NoCache))
    }

    fn once(java: &Path, jars: &Path) -> Result<Self, ServerError> {
        let run = run_folder(SERVER)?;
        let (bolt, http) = two_free_ports()?;
        let conf = run.path().join("conf");
        for folder in ["conf", "data", "logs", "plugins", "import", "run"] {
            let folder = run.path().join(folder);
            fs::create_dir_all(&folder).map_err(ServerError::file(&folder))?;
        }
        let file = conf.join("neo4j.conf");
        fs::write(&file, configuration(bolt, http)).map_err(ServerError::file(&file))?;
        let mut classes = jars.as_os_str().to_owned();
        classes.push("/*");
        let mut args = vec!["-cp".into(), classes];
        args.extend(
            [
                "-Xms512m",
                "-Xmx1500m",
                "-XX:+UseG1GC",
                "-Dfile.encoding=UTF-8",
            ]
            .map(Into::into),
        );
        args.extend(
            ["java.nio", "java.io", "java.lang", "sun.nio.ch"]
                .map(|package| format!("--add-opens=java.base/{package}=ALL-UNNAMED").into()),
        );
        args.push("org.neo4j.server.CommunityEntryPoint".into());
        args.push(format!("--home-dir={}", run.path().display()).into());
        args.push(format!("--config-dir={}", conf.display()).into());
        args.push("--console-mode".into());
        let process = Supervised::start(run, java, &args)?;
        let mut server = Self {
            process,
            bolt,
            http,
            password: password(),
        };
        server.wait()?;
        Ok(server)
    }

    /// Where it answers on Bolt: `neo4j://neo4j:<password>@127.0.0.1:<port>`.
    pub fn uri(&self) -> String {
        format!("neo4j://neo4j:{}@127.0.0.1:{}", self.password, self.bolt)
    }

    /// The page that people look at the graph with.
    pub fn browser(&self) -> String {
        format!("http://127.0.0.1:{}/browser/", self.http)
    }

    /// The server's process id.
    pub fn pid(&self) -> Option<u32> {
        self.process.pid()
    }

    /// The folder of this run, with its data; gone when it has stopped.
    pub fn folder(&self) -> &Path {
        self.process.folder()
    }

    /// Until it takes our password and answers on Bolt.
    fn wait(&mut self) -> Result<(), ServerError> {
        let started = Instant::now();
        let mut why = "it answers on no port".to_owned();
        while started.elapsed() < PATIENCE {
            if let Some(ended) = self.process.ended() {
                return Err(self.failed(ended));
            }
            match self.set_password() {
                Ok(()) if answers_bolt(self.bolt) => return Ok(()),
                Ok(()) => "it answers over HTTP and not on Bolt".clone_into(&mut why),
                Err(error) => why = error,
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(self.failed(format!("after {} s, {why}", PATIENCE.as_secs())))
    }

    fn failed(&self, why: String) -> ServerError {
        ServerError::Start {
            server: "Neo4j",
            why,
            log: self.process.log(),
        }
    }

    /// The first password is `neo4j` and must be changed before anything else is allowed.
    fn set_password(&self) -> Result<(), String> {
        let body = format!(
            r#"{{"statements":[{{"statement":"ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $p","parameters":{{"p":"{}"}}}}]}}"#,
            self.password
        );
        let mut stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.http)).map_err(|e| e.to_string())?;
        let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
        // The header is `neo4j:neo4j` in base64.
        let request = format!(
            "POST /db/system/tx/commit HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Basic bmVvNGo6bmVvNGo=\r\n\
             Content-Type: application/json\r\nAccept: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.http,
            body.len()
        );
        stream
            .write_all(request.as_bytes())
            .map_err(|e| e.to_string())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(|e| e.to_string())?;
        let answer = String::from_utf8_lossy(&answer);
        if answer.contains("\"errors\":[]") {
            return Ok(());
        }
        Err(format!(
            "it answers `{}`",
            answer.lines().next().unwrap_or_default()
        ))
    }
}

fn configuration(bolt: u16, http: u16) -> String {
    format!(
        "# written for one run; see tests/servers\n\
         server.default_listen_address=127.0.0.1\n\
         server.bolt.listen_address=127.0.0.1:{bolt}\n\
         server.bolt.advertised_address=127.0.0.1:{bolt}\n\
         server.http.listen_address=127.0.0.1:{http}\n\
         server.http.advertised_address=127.0.0.1:{http}\n\
         server.https.enabled=false\n\
         server.memory.pagecache.size=256m\n\
         db.tx_log.preallocate=false\n\
         db.tx_log.rotation.retention_policy=keep_none\n\
         dbms.usage_report.enabled=false\n"
    )
}

/// Two ports that are free now; held together so that they differ.
fn two_free_ports() -> Result<(u16, u16), ServerError> {
    let bind = || {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| Ok((l.local_addr()?.port(), l)))
    };
    let error = ServerError::file("127.0.0.1");
    bind().and_then(|one| Ok((one.0, bind()?.0))).map_err(error)
}

/// The Bolt handshake: the magic number, the versions offered, the version taken.
fn answers_bolt(port: u16) -> bool {
    let talk = || -> std::io::Result<[u8; 4]> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(&[
            0x60, 0x60, 0xb0, 0x17, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ])?;
        let mut version = [0; 4];
        stream.read_exact(&mut version)?;
        Ok(version)
    };
    talk().is_ok_and(|version| version == [0, 0, 4, 4])
}

fn password() -> String {
    // `RandomState` is seeded by the system; enough for a server on 127.0.0.1 that lives minutes.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// One test's turn on the database: nobody else has it while this lives.
pub struct Neo4jTurn {
    /// Where the server is.
    pub uri: String,
    _lock: File,
}

/// Waits for the database that tests share: the one that `cargo xtask test` started, else one of
/// this process's own. Community has a single database, so tests take turns, across processes too.
///
/// # Panics
/// Where no server can be had; the message says what to install. Tests never skip.
pub fn neo4j_turn() -> Neo4jTurn {
    static OWN: OnceLock<Result<Neo4j, ServerError>> = OnceLock::new();
    let uri = match std::env::var(NEO4J_VARIABLE) {
        Ok(uri) if !uri.is_empty() => uri,
        // Never dropped: when this process ends, the supervisor's pipe does.
        _ => match OWN.get_or_init(Neo4j::start) {
            Ok(server) => server.uri(),
            Err(why) => panic!("this test needs a real Neo4j, see `cargo xtask test`: {why}"),
        },
    };
    let port = uri.rsplit(':').next().unwrap_or("neo4j");
    let file = std::env::temp_dir().join(format!("ripple-neo4j-{port}.lock"));
    let lock = File::create(&file).and_then(|f| f.lock().map(|()| f));
    match lock {
        Ok(lock) => Neo4jTurn { uri, _lock: lock },
        Err(why) => panic!("{}: {why}", file.display()),
    }
}
