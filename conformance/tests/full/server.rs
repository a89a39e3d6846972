//! The servers: how each is configured, started, and stopped.

use crate::foreign::{node, program, python, rust, says, sources};
use regex::Regex;
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// How long a server may take until it listens, and how long until it has ended.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that nobody here wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    /// A program of its own: its names, its arguments, its configuration file.
    Program(&'static [&'static str], &'static [&'static str], &'static str),
    /// A script of `servers/node`, and the package whose version counts.
    Node(&'static str, &'static str),
    /// A script of `servers/python`, and the distribution whose version counts.
    Python(&'static str, &'static str),
    /// A program of `servers/rust`, and the crate whose version counts.
    Rust(&'static str, &'static str),
}

/// Servers that know ranges.
pub(crate) const SOUND: &[Server] = &[
    Server { name: "tower-http ServeDir", how: How::Rust("serve-dir", "tower-http") },
    Server { name: "actix-files NamedFile", how: How::Rust("actix", "actix-files") },
    Server {
        name: "nginx",
        how: How::Program(&["/usr/sbin/nginx", "nginx"], &["-c", "{config}"], "nginx.conf"),
    },
    Server {
        name: "Apache httpd",
        how: How::Program(
            &["/usr/sbin/apache2", "apache2", "httpd"],
            &["-f", "{config}", "-D", "FOREGROUND"],
            "apache.conf",
        ),
    },
    Server {
        name: "Caddy",
        how: How::Program(
            &["caddy"],
            &["run", "--adapter", "caddyfile", "--config", "{config}"],
            "Caddyfile",
        ),
    },
    Server {
        name: "lighttpd",
        how: How::Program(&["/usr/sbin/lighttpd", "lighttpd"], &["-D", "-f", "{config}"], "lighttpd.conf"),
    },
    Server { name: "Express (send)", how: How::Node("express.mjs", "send") },
    Server { name: "@fastify/static", how: How::Node("fastify.mjs", "@fastify/static") },
    Server { name: "Flask (Werkzeug)", how: How::Python("flask_server.py", "Werkzeug") },
    Server { name: "FastAPI (Starlette)", how: How::Python("fastapi_server.py", "starlette") },
    Server { name: "aiohttp", how: How::Python("aiohttp_server.py", "aiohttp") },
    Server { name: "S3 (moto), presigned", how: How::Python("s3_server.py", "moto") },
];

/// Servers that are known to ignore `Range`.
pub(crate) const WITHOUT_RANGES: &[Server] = &[
    Server { name: "Python http.server", how: How::Python("http_server.py", "") },
    Server { name: "Django FileResponse", how: How::Python("django_server.py", "Django") },
];

/// nginx, tuned so that the end of small parts waits for an acknowledgement.
pub(crate) const WAITING: Server = Server {
    name: "nginx without tcp_nodelay",
    how: How::Program(&["/usr/sbin/nginx", "nginx"], &["-c", "{config}"], "nginx-waits.conf"),
};

/// A server that is up; it is ended when this is dropped.
pub(crate) struct Running {
    pub(crate) version: String,
    /// The recordings' URLs by file name.
    pub(crate) urls: HashMap<String, String>,
    child: Child,
    _folders: [TempDir; 2],
}

impl Server {
    /// Starts it with these files; `None` where it is not installed.
    pub(crate) fn start(&self, files: &[(String, Vec<u8>)]) -> Option<Running> {
        let [folder, work] = [open_folder(), open_folder()];
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            // A date is a strong validator only when it is old (RFC 9110 §8.8.2.2); recordings mostly are.
            let written = SystemTime::now() - Duration::from_hours(1);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let (mut command, version) = self.command(port, folder.path(), work.path())?;
        let log = std::fs::File::create(work.path().join("output.log")).unwrap();
        let errors = log.try_clone().unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        let presigned = matches!(self.how, How::Python("s3_server.py", _));
        let up = || {
            if presigned {
                folder.path().join("urls.json").exists()
            } else {
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            }
        };
        while !up() {
            let ended = child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > deadline {
                let said = std::fs::read_to_string(work.path().join("output.log")).unwrap_or_default();
                let errors = std::fs::read_to_string(work.path().join("error.log")).unwrap_or_default();
                panic!("{} does not listen ({ended:?}):\n{said}\n{errors}", self.name);
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        let urls = if presigned {
            serde_json::from_slice(&std::fs::read(folder.path().join("urls.json")).unwrap()).unwrap()
        } else {
            let url = |name: &str| (name.to_owned(), format!("http://127.0.0.1:{port}/{name}"));
            files.iter().map(|(name, _)| url(name)).collect()
        };
        Some(Running { version, urls, child, _folders: [folder, work] })
    }

    /// How it is started, and its version.
    fn command(&self, port: u16, folder: &Path, work: &Path) -> Option<(Command, String)> {
        let number = Regex::new(r"\d+\.\d+(\.\d+)?").unwrap();
        let first = |text: &str| number.find(text).map_or_else(|| text.to_owned(), |m| m.as_str().to_owned());
        let (mut command, version) = match self.how {
            How::Program(names, args, config) => {
                let program = program(names)?;
                let path = work.join(config);
                let text = std::fs::read_to_string(sources().join(config)).unwrap();
                let text = text
                    .replace("{port}", &port.to_string())
                    .replace("{folder}", folder.to_str().unwrap())
                    .replace("{work}", work.to_str().unwrap())
                    .replace("{modules}", "/usr/lib/apache2/modules");
                std::fs::write(&path, text).unwrap();
                let mut command = Command::new(&program);
                command.args(args.iter().map(|arg| arg.replace("{config}", path.to_str().unwrap())));
                // Caddy keeps things in its user's home unless told otherwise.
                command.env("HOME", work).env("XDG_DATA_HOME", work).env("XDG_CONFIG_HOME", work);
                let version = if self.name == "Caddy" { "version" } else { "-v" };
                return Some((command, first(&says(&program, [version]))));
            }
            How::Node(script, package) => {
                let home = node()?;
                let mut command = Command::new("node");
                command.arg(home.join(script));
                let package = home.join("node_modules").join(package).join("package.json");
                let package: serde_json::Value =
                    serde_json::from_slice(&std::fs::read(package).unwrap()).unwrap();
                (command, package["version"].as_str().unwrap().to_owned())
            }
            How::Python(script, distribution) => {
                let python = python()?;
                let mut command = Command::new(python);
                command.arg(sources().join("python").join(script)).env("PYTHONDONTWRITEBYTECODE", "1");
                let version = if distribution.is_empty() {
                    says(python, ["--version"])
                } else {
                    let ask = format!("import importlib.metadata as m; print(m.version('{distribution}'))");
                    says(python, ["-c", &ask])
                };
                (command, first(&version))
            }
            How::Rust(program, package) => {
                let lock = std::fs::read_to_string(sources().join("rust/Cargo.lock")).unwrap();
                let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \"")).unwrap();
                (Command::new(rust().join(program)), first(after))
            }
        };
        command.arg(port.to_string()).arg(folder);
        Some((command, version))
    }
}

/// A folder that a server may read even when it gives its rights up.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

impl Drop for Running {
    fn drop(&mut self) {
        // Told politely, nginx and Apache end their workers as well.
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        );
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if Instant::now() > deadline {
                let _ = self.child.kill();
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}
