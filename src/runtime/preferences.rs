//! The files in which preferences are kept: one for each account and store, below `$XDG_STATE_HOME/nexus`.
//!
//! A thread reads and writes them, so that a home on a slow disk holds up nothing. A file is replaced as a whole: of two
//! consoles the last one wins. A home that cannot be written is no error; then nothing is remembered.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use crate::domain::text::{hex, visible_path};
use crate::domain::user::UserId;
use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::Msg;
use crate::tui::preferences::Preferences;

use super::{RuntimeEvent, start_thread};

/// Maximum number of bytes that are read of a file.
const MAX_BYTES: u64 = 2 << 20;
/// Number of bytes kept of the hash of the store's path.
const HASH_BYTES: usize = 16;
/// Time for the last file to be written when the console quits.
const FAREWELL: Duration = Duration::from_millis(300);

/// A read or a write of the preferences of an account.
#[derive(Debug)]
enum PreferencesJob {
    Load(UserId),
    Save(UserId, Box<Preferences>),
}

/// The thread that reads and writes preferences. Dropping it waits a moment for what is still to be written.
#[derive(Debug)]
pub(super) struct PreferenceFiles {
    jobs: Option<Sender<PreferencesJob>>,
    finished: Receiver<()>,
}

impl PreferenceFiles {
    /// Starts the thread over a folder, which need not exist, for the store at this path.
    pub(super) fn start(folder: PathBuf, store: &Path, outbox: &Sender<RuntimeEvent>) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let (finish, finished) = mpsc::channel();
        let folder = Folder::new(folder, store);
        start_thread("preferences", outbox, move |outbox| {
            folder.work(&queue, outbox);
            drop(finish);
        })?;
        Ok(Self { jobs: Some(jobs), finished })
    }

    /// Reads the preferences of an account; [`Msg::Preferences`] brings them.
    pub(super) fn load(&self, account: UserId) {
        self.send(PreferencesJob::Load(account));
    }

    /// Replaces the preferences of an account.
    pub(super) fn save(&self, account: UserId, preferences: Box<Preferences>) {
        self.send(PreferencesJob::Save(account, preferences));
    }

    fn send(&self, job: PreferencesJob) {
        // A missing thread has panicked, and the process is about to end.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }
}

impl Drop for PreferenceFiles {
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.finished.recv_timeout(FAREWELL);
    }
}

/// The folder of the files, and the part of their names that stands for the store.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    store: String,
}

impl Folder {
    fn new(path: PathBuf, store: &Path) -> Self {
        let hash = Sha256::digest(store.as_os_str().as_bytes());
        Self { path, store: hex(hash.get(..HASH_BYTES).unwrap_or_default()) }
    }

    fn work(&self, queue: &Receiver<PreferencesJob>, outbox: &Sender<RuntimeEvent>) {
        let tell = |account, result| {
            // A missing receiver means that the console has quit.
            let _ = outbox.send(RuntimeEvent::Msg(Box::new(Msg::Preferences { account, result })));
        };
        let mut has_complained = false;
        let mut next = queue.recv().ok();
        while let Some(job) = next.take() {
            let behind = queue.try_recv().ok();
            match (job, &behind) {
                // A key that is held writes only the last state.
                (PreferencesJob::Save(account, _), Some(PreferencesJob::Save(newer, _)))
                    if account == *newer => {}
                (PreferencesJob::Load(account), _) => tell(account, self.load(account)),
                (PreferencesJob::Save(account, preferences), _) => {
                    let failed = self.save(account, &preferences).err().filter(|error| !is_expected(error));
                    if let Some(error) = failed.filter(|_| !std::mem::replace(&mut has_complained, true)) {
                        tell(account, Err(self.unusable(account, "cannot be written", &error.to_string())));
                    }
                }
            }
            next = behind.or_else(|| queue.recv().ok());
        }
    }

    fn file(&self, account: UserId) -> PathBuf {
        self.path.join(format!("{}-{account}.toml", self.store))
    }

    /// Returns the preferences of an account: those of everybody if there is no file, or none that may be read.
    ///
    /// # Errors
    /// A failure that says why a file is not used.
    fn load(&self, account: UserId) -> Result<Preferences, Failure> {
        let refused = |why: &str| self.unusable(account, "is not used", why);
        let text = match read(&self.file(account)) {
            Ok(text) => text,
            Err(error) if is_expected(&error) => return Ok(Preferences::default()),
            Err(error) => return Err(refused(&error.to_string())),
        };
        let parsed = toml::from_str::<Preferences>(&text);
        parsed.map(Preferences::bounded).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            refused(&format!("line {} is not a preference", before.matches('\n').count() + 1))
        })
    }

    /// Replaces the file of an account.
    fn save(&self, account: UserId, preferences: &Preferences) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path)?;
        let folder = fs::symlink_metadata(&self.path)?;
        // A link could lead anywhere, and root must not fill somebody else's folder.
        if !folder.is_dir() || folder.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if folder.mode() & 0o077 != 0 {
            fs::set_permissions(&self.path, Permissions::from_mode(0o700))?;
        }
        let text = toml::to_string(preferences).map_err(io::Error::other)?;
        // Its mode is 0600.
        let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.path)?;
        new.write_all(text.as_bytes())?;
        new.persist(self.file(account))?;
        Ok(())
    }

    fn unusable(&self, account: UserId, what: &str, why: &str) -> Failure {
        let file = visible_path(&self.file(account));
        Failure::new(FailureKind::Other, format!("{file} {what}: {why}."))
            .hint("The lists have their default order and columns.")
    }
}

/// Reads a file of acceptable size. Neither a link nor a device is followed.
fn read(path: &Path) -> io::Result<String> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 2 MiB"));
    }
    Ok(text)
}

/// Returns true for the errors of a home that is read-only, missing or somebody else's.
fn is_expected(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;
    use crate::tui::preferences::{ListPreferences, SavedOrder, SavedView};

    const ADA: UserId = UserId(1);

    fn folder() -> (TempDir, Folder) {
        let home = TempDir::new().unwrap();
        let folder = Folder::new(home.path().join("state/nexus"), Path::new("/srv/nexus.db"));
        (home, folder)
    }

    fn some() -> Preferences {
        let mut preferences = Preferences::default();
        let sort = Some(SavedOrder { column: "name".into(), descending: true });
        let columns = vec!["username".into(), "email".into()];
        preferences
            .lists
            .insert("users".into(), ListPreferences { columns, pane_width: Some(40), sort: sort.clone() });
        preferences.filters.entry("users".into()).or_default().add("status:pending \"o'brien\" \\");
        preferences.commands.add("user show ada");
        let view = SavedView { screen: "sessions".into(), filter: "idle:30d".into(), sort };
        preferences.views.insert("stale".into(), view);
        preferences
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn they_come_back_as_they_were_saved() {
        let (_home, folder) = folder();
        assert_eq!(folder.load(ADA), Ok(Preferences::default()));
        folder.save(ADA, &some()).unwrap();
        assert_eq!(folder.load(ADA), Ok(some()));
        assert_eq!(folder.load(UserId(2)), Ok(Preferences::default()), "each account has its own");
        let other = Folder::new(folder.path.clone(), Path::new("/srv/other.db"));
        assert_eq!(other.load(ADA), Ok(Preferences::default()), "each store has its own");
        assert_eq!((mode(&folder.path), mode(&folder.file(ADA))), (0o700, 0o600));
    }

    #[test]
    fn a_folder_that_others_can_read_is_closed() {
        let (_home, folder) = folder();
        fs::create_dir_all(&folder.path).unwrap();
        fs::set_permissions(&folder.path, Permissions::from_mode(0o755)).unwrap();
        folder.save(ADA, &some()).unwrap();
        assert_eq!(mode(&folder.path), 0o700);
    }

    #[test]
    fn garbage_is_not_used_and_said_so() {
        let (_home, folder) = folder();
        fs::create_dir_all(&folder.path).unwrap();
        for garbage in [&b"\xff\xfe"[..], b"lists = 3", b"[views.x]\nscreen = []", &vec![b'#'; 3 << 20]] {
            fs::write(folder.file(ADA), garbage).unwrap();
            let failure = folder.load(ADA).unwrap_err();
            assert!(failure.message.contains("is not used"), "{failure:?}");
        }
        fs::write(folder.file(ADA), "later = 1\n[lists.users]\npane_width = 44\nlater = 2\n").unwrap();
        assert_eq!(folder.load(ADA).unwrap().lists["users"].pane_width, Some(44), "keys of a later version");
    }

    #[test]
    fn neither_a_link_nor_a_pipe_is_read() {
        let (home, folder) = folder();
        fs::create_dir_all(&folder.path).unwrap();
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, "commands = [\"x\"]").unwrap();
        symlink(&elsewhere, folder.file(ADA)).unwrap();
        assert!(folder.load(ADA).is_err());
        // Saving replaces the link, not the file behind it.
        folder.save(ADA, &some()).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "commands = [\"x\"]");
        assert_eq!(folder.load(ADA), Ok(some()));
        fs::remove_file(folder.file(ADA)).unwrap();
        let pipe = folder.file(ADA);
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        assert!(folder.load(ADA).is_err());
    }

    #[test]
    fn a_folder_that_is_a_link_is_left_alone() {
        let (home, folder) = folder();
        let elsewhere = home.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::create_dir(home.path().join("state")).unwrap();
        symlink(&elsewhere, &folder.path).unwrap();
        assert!(is_expected(&folder.save(ADA, &some()).unwrap_err()));
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn a_home_that_is_no_folder_is_no_error() {
        let home = TempDir::new().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let folder = Folder::new(file.join("nexus"), Path::new("/srv/nexus.db"));
        assert_eq!(folder.load(ADA), Ok(Preferences::default()));
        assert!(is_expected(&folder.save(ADA, &some()).unwrap_err()));
    }

    #[test]
    fn the_thread_answers_and_writes_the_last_state_before_it_ends() {
        let (_home, folder) = folder();
        let (outbox, inbox) = mpsc::channel();
        let files = PreferenceFiles::start(folder.path.clone(), Path::new("/srv/nexus.db"), &outbox).unwrap();
        files.load(ADA);
        let answer = Msg::Preferences { account: ADA, result: Ok(Preferences::default()) };
        assert_eq!(inbox.recv().unwrap(), RuntimeEvent::Msg(Box::new(answer)));
        for width in 30..60 {
            let mut preferences = some();
            preferences.lists.entry("users".into()).or_default().pane_width = Some(width);
            files.save(ADA, Box::new(preferences));
        }
        drop(files);
        assert_eq!(folder.load(ADA).unwrap().lists["users"].pane_width, Some(59));
        let left: Vec<_> =
            fs::read_dir(&folder.path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
