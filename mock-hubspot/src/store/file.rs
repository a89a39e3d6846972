//! The file: whether it is ours, whole, and of a version that is known; its tables; what it keeps, read back.
//!
//! Nothing is written before all of that is certain. Every row has a checksum, as SQLite's pages have none.
//! Read next: `writer.rs`.

use super::{KeptPortal, Lot, Message, StoreError};
use crate::journal::{Bounds, Entry};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, params};
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `mock`, in the header of the file.
const APPLICATION: i32 = 0x6d6f_636b;
/// How a store of each version becomes one of the next; the first makes it out of nothing.
const STEPS: &[&str] = &["
    CREATE TABLE portals (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, setup TEXT NOT NULL, began_ms INTEGER NOT NULL,
        sum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE state (
        portal INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (portal, key)
    ) STRICT, WITHOUT ROWID;
    -- place: the portal, times 2 to the 40th, and the number of the exchange.
    CREATE TABLE journal (place INTEGER PRIMARY KEY, entry TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
", "
    -- In the order in which they came, not of their keys: a new row then fills the last page, and moves no other.
    CREATE TABLE rows (
        portal INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (portal, key)
    ) STRICT;
    INSERT INTO rows SELECT portal, key, value, sum FROM state;
    DROP TABLE state;
    ALTER TABLE rows RENAME TO state;
"];
const HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Pages in which a few exchanges have room.
const PAGE_BYTES: u32 = 8 * 1024;
/// How many pages the log grows to before they are moved into the file.
const LOG_PAGES: u32 = 2000;
/// Pages that are held in memory, in KiB: mostly the newest are written on.
const CACHE_KIB: i32 = 16 * 1024;
/// Keys of rows that outlive a reset of the portal.
pub(super) const SECRET: &str = "secret/";

/// An open store file; nobody else has it.
pub(super) struct StoreFile {
    connection: Connection,
    path: PathBuf,
}

fn place(portal: u32, number: u64) -> i64 {
    (i64::from(portal) << 40) | (number & 0xff_ffff_ffff) as i64
}

fn sum(parts: [&str; 2]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    hasher.finalize()
}

/// Says what is wrong with a file before SQLite touches it; `true` where there is nothing in it yet.
fn is_empty(path: &Path) -> Result<bool, StoreError> {
    let unopenable = |error: &std::io::Error| StoreError::Unopenable {
        path: path.to_owned(),
        why: match error.kind() {
            ErrorKind::NotFound => "there is no such folder".to_owned(),
            _ => error.to_string(),
        },
    };
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // It keeps tokens.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| unopenable(&error))?;
    let mut header = Vec::new();
    file.take(HEADER as u64).read_to_end(&mut header).map_err(|error| unopenable(&error))?;
    if header.is_empty() {
        return Ok(true);
    }
    let number = |at: usize| header.get(at..at + 4).map(|b| i32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    if !header.starts_with(MAGIC) || number(68) != Some(APPLICATION) {
        return Err(StoreError::NotOurs { path: path.to_owned() });
    }
    known(path, number(60).unwrap_or_default().into()).map(|()| false)
}

fn known(path: &Path, version: i64) -> Result<(), StoreError> {
    let known = STEPS.len() as i64;
    if version > known {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known });
    }
    Ok(())
}

/// Brings it to the newest version, all steps or none.
fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (from, step) in steps.iter().enumerate().skip(usize::try_from(version).unwrap_or_default()) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", from as i64 + 1)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()
}

impl StoreFile {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let is_new = is_empty(path)?;
        let failed = |error: rusqlite::Error| StoreError::opening(path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        let prepare = |connection: &mut Connection| {
            connection.busy_timeout(Duration::ZERO)?;
            // A file with which something is wrong stays as it is.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        };
        known(path, prepare(&mut connection).map_err(failed)?)?;
        if !is_new {
            let found = connection.pragma_query_value(None, "quick_check", |row| row.get::<_, String>(0));
            let found = found.map_err(failed)?;
            if found != "ok" {
                return Err(StoreError::Damaged { path: path.to_owned(), what: found });
            }
        }
        let settle = |connection: &mut Connection| {
            if is_new {
                connection.pragma_update(None, "page_size", PAGE_BYTES)?;
            }
            migrate(connection, STEPS)?;
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |_| Ok(()))?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)
        };
        settle(&mut connection).map_err(failed)?;
        if is_new {
            sync_folder(path);
        }
        Ok(Self { connection, path: path.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Everything that it keeps, but of the journals only the newest.
    pub(super) fn read(&mut self, bounds: Bounds) -> Result<Vec<KeptPortal>, StoreError> {
        let mut kept = self.portals()?;
        for portal in kept.iter_mut().filter(|portal| portal.setup.is_some()) {
            portal.rows = self.rows(portal.id)?;
            (portal.entries, portal.older) = self.entries(portal.id, bounds)?;
        }
        let connection = &self.connection;
        let whole = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        whole.map_err(|error| StoreError::opening(&self.path, &error))?;
        Ok(kept)
    }

    fn damaged(&self, what: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), what }
    }

    /// The rows of a query: two texts and their checksum, made into something.
    fn each<T>(
        &self,
        sql: &str,
        limits: [i64; 2],
        mut take: impl FnMut(&str, &str, &rusqlite::Row<'_>) -> Result<T, String>,
    ) -> Result<Vec<T>, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::opening(&self.path, &error);
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let mut rows = statement.query(limits).map_err(failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let text = |index| row.get_ref(index).and_then(|value| Ok(value.as_str()?)).map_err(failed);
            let (key, value) = (text(0)?, text(1)?);
            if row.get::<_, u32>(2).map_err(failed)? != sum([key, value]) {
                return Err(self.damaged(format!("the row {key} is not as it was written")));
            }
            all.push(take(key, value, row).map_err(|why| self.damaged(format!("the row {key}: {why}")))?);
        }
        Ok(all)
    }

    fn portals(&self) -> Result<Vec<KeptPortal>, StoreError> {
        let sql = "SELECT name, setup, sum, id, began_ms FROM portals WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
        self.each(sql, [0, i64::from(u32::MAX)], |name, setup, row| {
            Ok(KeptPortal {
                id: row.get(3).map_err(|error| error.to_string())?,
                name: name.to_owned(),
                setup: match setup {
                    "" => None,
                    setup => Some(serde_json::from_str(setup).map_err(|error| error.to_string())?),
                },
                began_ms: row.get(4).map_err(|error| error.to_string())?,
                rows: Vec::new(),
                entries: Vec::new(),
                older: 0,
            })
        })
    }

    fn rows(&self, portal: u32) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT key, value, sum FROM state WHERE portal BETWEEN ?1 AND ?2 ORDER BY key";
        self.each(sql, [portal.into(); 2], |key, value, _| Ok((key.to_owned(), value.to_owned())))
    }

    fn entries(&self, portal: u32, bounds: Bounds) -> Result<(Vec<Entry>, u64), StoreError> {
        let (first, last) = (place(portal, 0), place(portal, u64::MAX));
        let failed = |error: rusqlite::Error| StoreError::opening(&self.path, &error);
        let most = bounds.exchanges.min(i64::MAX as usize) as i64;
        let count = "SELECT count(*) FROM journal WHERE place BETWEEN ?1 AND ?2";
        let count: i64 = self.connection.query_row(count, [first, last], |row| row.get(0)).map_err(failed)?;
        let older = (count - most).max(0);
        let after =
            "SELECT place FROM journal WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT 1 OFFSET ?3";
        let from: Option<i64> = match older {
            0 => None,
            _ => self
                .connection
                .query_row(after, [first, last, older], |row| row.get(0))
                .map(Some)
                .map_err(failed)?,
        };
        let sql = "SELECT CAST(place AS TEXT), entry, sum FROM journal WHERE place BETWEEN ?1 AND ?2 ORDER BY place";
        let entries = self.each(sql, [from.unwrap_or(first), last], |_, entry, _| {
            serde_json::from_str(entry).map_err(|error| error.to_string())
        })?;
        Ok((entries, older.unsigned_abs()))
    }

    /// Writes all of them, or none.
    pub(super) fn write(&mut self, messages: impl IntoIterator<Item = Message>) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        // Of a row that changed several times, only the last value is written.
        let mut rows = HashMap::new();
        for message in messages {
            let portal = message.portal;
            match message.lot {
                Lot::Stays => {}
                Lot::Comes { name, setup, began_ms } => {
                    let sum = sum([&name, &setup]);
                    let sql = "INSERT OR REPLACE INTO portals (id, name, setup, began_ms, sum) VALUES (?1, ?2, ?3, ?4, ?5)";
                    transaction.prepare_cached(sql)?.execute(params![portal, name, setup, began_ms, sum])?;
                }
                Lot::Goes => {
                    rows.retain(|(of, _), _| *of != portal);
                    // Its row stays, empty: nobody is given its name and its credentials again.
                    let sql = "UPDATE portals SET setup = '', sum = ?2 WHERE id = ?1";
                    transaction.execute(sql, params![portal, sum([&name_of(&transaction, portal)?, ""])])?;
                    transaction.execute("DELETE FROM state WHERE portal = ?1", [portal])?;
                }
            }
            if message.anew {
                put(&transaction, &mut rows)?;
                let sql = "DELETE FROM state WHERE portal = ?1 AND substr(key, 1, 7) <> ?2";
                transaction.execute(sql, params![portal, SECRET])?;
            }
            if message.journal_anew {
                let (first, last) = (place(portal, 0), place(portal, u64::MAX));
                transaction.execute("DELETE FROM journal WHERE place BETWEEN ?1 AND ?2", [first, last])?;
            }
            rows.extend(message.rows.into_iter().map(|(key, value)| ((portal, key), value)));
            for (number, entry) in message.exchanges {
                // It is made of texts and numbers, which JSON always holds.
                let entry = serde_json::to_string(&*entry).unwrap_or_default();
                let place = place(portal, number);
                let sum = sum([&place.to_string(), &entry]);
                let sql = "INSERT OR REPLACE INTO journal (place, entry, sum) VALUES (?1, ?2, ?3)";
                transaction.prepare_cached(sql)?.execute(params![place, entry, sum])?;
            }
        }
        put(&transaction, &mut rows)?;
        transaction.commit()
    }
}

fn name_of(transaction: &Transaction<'_>, portal: u32) -> rusqlite::Result<String> {
    let name = transaction.query_row("SELECT name FROM portals WHERE id = ?1", [portal], |row| row.get(0));
    name.or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(String::new()),
        other => Err(other),
    })
}

fn put(
    transaction: &Transaction<'_>,
    rows: &mut HashMap<(u32, String), Option<String>>,
) -> rusqlite::Result<()> {
    // What is there already stays where it is.
    let sql = "INSERT INTO state (portal, key, value, sum) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET value = excluded.value, sum = excluded.sum";
    let mut insert = transaction.prepare_cached(sql)?;
    let mut delete = transaction.prepare_cached("DELETE FROM state WHERE portal = ?1 AND key = ?2")?;
    for ((portal, key), value) in rows.drain() {
        match value {
            Some(value) => insert.execute(params![portal, key, value, sum([&key, &value])])?,
            None => delete.execute(params![portal, key])?,
        };
    }
    Ok(())
}

/// A file that was made is in its folder after a power loss too.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where folders cannot be opened, they need not be synced.
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version")
    }

    #[test]
    fn an_older_store_goes_through_every_step_or_stays_as_it_is() {
        let mut connection = Connection::open_in_memory().expect("a database");
        migrate(&mut connection, &STEPS[..1]).expect("the first version");
        connection.execute("INSERT INTO state VALUES (0, 'k', 'v', 1)", []).expect("a row");
        migrate(&mut connection, STEPS).expect("the version of today");
        let newer = [STEPS, &["ALTER TABLE state ADD COLUMN more TEXT NOT NULL DEFAULT 'm'"]].concat();
        let broken = [newer.as_slice(), &["UPDATE state SET key = 'lost'; SELECT nonsense"]].concat();
        assert!(migrate(&mut connection, &broken).is_err());
        assert_eq!(version(&connection), STEPS.len() as i64);
        migrate(&mut connection, &newer).expect("the next version");
        migrate(&mut connection, &newer).expect("nothing to do");
        assert_eq!(version(&connection), newer.len() as i64);
        let kept: (String, String) = connection
            .query_row("SELECT key, more FROM state", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("the row");
        assert_eq!(kept, ("k".to_owned(), "m".to_owned()));
    }

    #[test]
    fn the_numbers_of_one_portal_never_meet_those_of_another() {
        assert!(place(0, u64::MAX) < place(1, 0) && place(u32::MAX >> 9, 1) > 0);
    }
}
