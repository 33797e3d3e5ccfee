//! A thread for the commands of the palette that print or write a file: they may read very many rows, and no list and no
//! action waits for them.
//!
//! It opens the store anew for each command, for reading only.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::service::contract::{
    Caller, CommandInterpreter, Failure, FailureKind, ListExport, OnProgress, PrintOptions, Progress, Reply,
    Request,
};
use crate::service::{NewFile, RequestContext, Service};
use crate::store::Interrupter;
use crate::tui::effect::{Msg, RequestId};

use super::worker::{REPORT_INTERVAL, Serve as _};
use super::{RuntimeEvent, clock, panics, start_thread};

/// Time for the thread to remove an unfinished file when the console quits.
const FAREWELL: Duration = Duration::from_millis(300);

/// Opens the store for reading.
pub(crate) type OpenStore = Box<dyn Fn() -> Result<Service, Failure> + Send>;

/// A command to run.
#[derive(Debug)]
pub(crate) struct CommandJob {
    /// The id that the result carries.
    pub(crate) request_id: RequestId,
    pub(crate) caller: Caller,
    pub(crate) work: CommandTask,
}

/// The work of a command.
#[derive(Debug)]
pub(crate) enum CommandTask {
    /// Returns what the command prints.
    Print { words: Vec<String>, options: PrintOptions },
    /// Writes a list into a file and returns the number of rows.
    Export { list: Box<ListExport>, file: PathBuf, overwrites: bool },
}

/// The thread. Dropping it stops the command that is running.
#[derive(Debug)]
pub(crate) struct CommandWorker {
    jobs: Option<Sender<CommandJob>>,
    shared: Arc<CommandState>,
    finished: Receiver<()>,
}

/// The state that the thread shares with the loop.
#[derive(Debug, Default)]
struct CommandState {
    wanted: Mutex<BTreeSet<RequestId>>,
    leaving: AtomicBool,
    /// The command that is running, and the interrupter of its reads.
    running: Mutex<Option<(RequestId, Interrupter)>>,
}

impl CommandState {
    fn wanted(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<(RequestId, Interrupter)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn goes_on(&self, request_id: RequestId) -> bool {
        !self.leaving.load(Ordering::SeqCst) && self.wanted().contains(&request_id)
    }

    /// Interrupts the command with this id if it is running, or any command if no id is given.
    fn interrupt(&self, request_id: Option<RequestId>) {
        if let Some((running, interrupter)) = &*self.running()
            && request_id.is_none_or(|wanted| wanted == *running)
        {
            interrupter.stop();
        }
    }
}

impl CommandWorker {
    /// Starts the thread that runs commands which print.
    pub(crate) fn start(
        open: OpenStore,
        commands: &'static dyn CommandInterpreter,
        outbox: &Sender<RuntimeEvent>,
        now: fn() -> Timestamp,
    ) -> io::Result<Self> {
        let shared = Arc::<CommandState>::default();
        let (jobs, receiver) = mpsc::channel();
        let (finish, finished) = mpsc::channel();
        let theirs = Arc::clone(&shared);
        start_thread("commands", outbox, move |outbox| {
            let worker = CommandThread { open, commands, outbox: outbox.clone(), shared: theirs, now };
            for job in receiver {
                worker.run(job);
            }
            drop::<Sender<()>>(finish);
        })?;
        Ok(Self { jobs: Some(jobs), shared, finished })
    }

    /// Queues a command; the result comes through the inbox.
    pub(crate) fn run(&self, job: CommandJob) {
        self.shared.wanted().insert(job.request_id);
        if let Some(jobs) = &self.jobs {
            // A missing worker has panicked outside a command, and the process is about to end.
            let _ = jobs.send(job);
        }
    }

    /// Cancels a command: it is not begun, or stopped.
    pub(crate) fn cancel(&self, request_id: RequestId) {
        self.shared.wanted().remove(&request_id);
        self.shared.interrupt(Some(request_id));
    }
}

impl Drop for CommandWorker {
    fn drop(&mut self) {
        self.shared.leaving.store(true, Ordering::SeqCst);
        self.shared.interrupt(None);
        self.jobs = None;
        let _ = self.finished.recv_timeout(FAREWELL);
    }
}

struct CommandThread {
    open: OpenStore,
    commands: &'static dyn CommandInterpreter,
    outbox: Sender<RuntimeEvent>,
    shared: Arc<CommandState>,
    now: fn() -> Timestamp,
}

impl CommandThread {
    fn run(&self, CommandJob { request_id, caller, work }: CommandJob) {
        match work {
            CommandTask::Print { words, options } => {
                let result = self.guarded(request_id, || self.print(request_id, caller, &words, options));
                self.send(Msg::Printed(request_id, result));
            }
            CommandTask::Export { list, file, overwrites } => {
                let result = self.guarded(request_id, || {
                    let file = if overwrites { NewFile::replacing(&file) } else { NewFile::create(&file) }?;
                    self.export(request_id, caller, &list, file)
                });
                self.send(Msg::Exported(request_id, result));
            }
        }
        self.shared.wanted().remove(&request_id);
    }

    /// Does the work unless it was cancelled. A panic is a failure.
    fn guarded<T>(
        &self,
        request_id: RequestId,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !self.shared.goes_on(request_id) {
            return Err(Failure::new(FailureKind::Stopped, "Stopped before it began."));
        }
        let result = panics::guard(work).unwrap_or_else(|place| {
            Err(Failure::new(FailureKind::Other, "Something went wrong inside NEXUS; nothing was changed.")
                .hint(format!("Please report it: {place}.")))
        });
        *self.shared.running() = None;
        result
    }

    fn print(
        &self,
        request_id: RequestId,
        caller: Caller,
        words: &[String],
        options: PrintOptions,
    ) -> Result<String, Failure> {
        self.with_store(request_id, caller, |perform| self.commands.print(words, options, perform))
    }

    fn export(
        &self,
        request_id: RequestId,
        caller: Caller,
        list: &ListExport,
        mut file: NewFile,
    ) -> Result<u64, Failure> {
        let mut reported = None;
        let mut on_progress = |progress| {
            self.report(request_id, progress, &mut reported);
            if self.shared.goes_on(request_id) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let rows = self.with_store(request_id, caller, |perform| {
            self.commands.export(list, (self.now)(), perform, &mut on_progress, &mut file)
        })?;
        file.finish()?;
        Ok(rows)
    }

    /// Opens the store and lets `work` perform requests for the caller.
    fn with_store<T>(
        &self,
        request_id: RequestId,
        caller: Caller,
        work: impl FnOnce(
            &mut dyn FnMut(Request, bool, &mut OnProgress<'_>) -> Result<Reply, Failure>,
        ) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut service = (self.open)()?;
        *self.shared.running() = Some((request_id, service.interrupter()));
        let mut reported = None;
        work(&mut |request, dry_run, on_progress| {
            let mut progress = |progress| {
                self.report(request_id, progress, &mut reported);
                if self.shared.goes_on(request_id) { on_progress(progress) } else { ControlFlow::Break(()) }
            };
            let context = RequestContext {
                caller,
                now: (self.now)(),
                boot: clock::boot(),
                dry_run,
                reason: None,
                counted: None,
                progress: &mut progress,
            };
            service.perform(context, request)
        })
    }

    /// Reports progress to the console, a few times a second.
    fn report(&self, request_id: RequestId, progress: Progress, reported: &mut Option<Instant>) {
        if reported.is_none_or(|reported| reported.elapsed() >= REPORT_INTERVAL) {
            *reported = Some(clock::instant());
            self.send(Msg::Progress(request_id, progress));
        }
    }

    fn send(&self, msg: Msg) {
        // A missing receiver means that the console has quit.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }
}
