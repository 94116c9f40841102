//! The eframe application: drains the engine's channel, performs actions, keeps settings between starts.

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::TryRecvError;
use egui::{Context, ViewportCommand};

use crate::app::{
    Action, AppState, Folders, Host, MAX_ZOOM, MIN_ZOOM, Place, Settings, ThemeChoice, ToastKind,
    WindowAction,
};
use crate::error::{Error, Result};
use crate::log;
use crate::now::now;
use crate::protocol::{Link, Urgency, Wake};
use crate::ui::desk::{Answer, DESKTOP, Desk, Desktop};
use crate::ui::parts::keyboard::key_by_key::KeyByKey;
use crate::ui::parts::pace::news_secs;
use crate::ui::parts::theme;
use crate::ui::shell::Shell;
use crate::ui::store::{APP_ID, ReadAgain, Store, Stored};

const TITLE: &str = "counterweight";
/// The window's application.
pub struct Window {
    state: AppState,
    shell: Shell,
    desk: Desk,
    store: Store,
    /// What waited when the settings were last stored.
    queue: (usize, Vec<u64>),
    /// The first line of the program's log that was not brought yet.
    next_log_line: usize,
    /// What was applied last, so that an unchanged choice is not applied every frame.
    theme: Option<ThemeChoice>,
    zoom: f32,
    keys: KeyByKey,
}

impl Window {
    /// `layout` is how the tiles were left, as [`Shell::layout`] gives it.
    pub fn new(
        ctx: &Context,
        link: Link,
        desktop: Desktop,
        folders: Folders,
        settings: Settings,
        layout: Option<&str>,
    ) -> Self {
        theme::install(ctx);
        let zoom = settings.zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        let settings = Settings { zoom, ..settings };
        ctx.set_zoom_factor(zoom);
        let store = Store::of(&settings);
        let mut desk = Desk::new(link, ctx.clone(), desktop);
        let mut state = AppState::new(folders, settings);
        state.start(&mut desk);
        Window {
            queue: state.queue(),
            state,
            shell: Shell::new(layout),
            desk,
            store,
            next_log_line: 0,
            theme: None,
            zoom,
            keys: KeyByKey::default(),
        }
    }

    /// As it was left, as far as that can be read.
    pub fn restored(
        ctx: &Context,
        link: Link,
        desktop: Desktop,
        folders: Folders,
        storage: Option<&dyn eframe::Storage>,
    ) -> Self {
        let Stored {
            settings,
            unread,
            layout,
        } = Stored::read(storage);
        let mut window = Window::new(ctx, link, desktop, folders, settings, layout.as_deref());
        if let Some(unread) = &unread {
            window.state.tell(ToastKind::Warning, unread.message());
        }
        window
    }

    /// Other windows may use the store at the same time.
    pub fn shares_its_store(&mut self, read_again: ReadAgain) {
        self.store.is_shared(read_again);
    }

    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Takes in what the engine and the dialog have sent. Runs while the window is hidden, too.
    pub fn drain(&mut self) {
        let now = now();
        self.state.notices.clock = now.strftime("%H:%M:%S").to_string();
        self.state.runs.today = now.date();
        loop {
            match self.desk.link.events.try_recv() {
                Ok((job_id, event)) => self.state.apply_event(job_id, event, &mut self.desk),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.state.lose_engine();
                    break;
                }
            }
        }
        while let Ok(answer) = self.desk.answers.try_recv() {
            self.take_answer(answer);
        }
        self.bring_log();
        if self.state.closes_now() {
            self.act(Action::Window(WindowAction::Close));
        }
        self.attend_close();
    }

    /// While it is looked at.
    fn bring_log(&mut self) {
        let windows = &self.state.windows;
        if windows.messages && windows.shows_program_log {
            let (lines, next) = log::since(self.next_log_line);
            self.next_log_line = next;
            let all = &mut self.state.notices.program_log;
            all.extend(lines);
            all.drain(..all.len().saturating_sub(log::MOST_LINES));
        }
    }

    /// The window is asked to close: at once where nothing trains, else the user is asked.
    fn attend_close(&mut self) {
        let ctx = self.desk.ctx.clone();
        if !ctx.input(|i| i.viewport().close_requested()) || !self.state.must_ask_to_close() {
            return;
        }
        ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        // The question is of no use in a window that is hidden.
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        self.act(Action::Window(WindowAction::AskToClose(true)));
    }

    fn take_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Asks(action) => self.act(action),
            Answer::NotRevealed(Place::Page(path), reason) => {
                self.desk.copy(path.display().to_string());
                let text = format!("No browser answered ({reason}); the path was copied");
                self.state.tell(ToastKind::Warning, text);
            }
            Answer::NotRevealed(Place::Folder(path) | Place::File(path), reason) => {
                self.desk.copy(path.display().to_string());
                let text = format!("No file manager answered ({reason}); the path was copied");
                self.state.tell(ToastKind::Warning, text);
            }
        }
    }

    pub fn draw(&mut self, ui: &mut egui::Ui) {
        // A screen reader says it when the window gets the focus; the title bar is not in the tree.
        ui.ctx()
            .accesskit_node_builder(egui::accesskit_root_id(), |window| window.set_label(TITLE));
        self.apply_theme(ui.ctx());
        self.apply_zoom(ui.ctx());
        for action in self.shell.show(ui, &self.state) {
            self.act(action);
            ui.ctx().request_repaint();
        }
    }

    /// What a control does.
    pub fn act(&mut self, action: Action) {
        self.state.apply_action(action, &mut self.desk);
    }

    /// It is changed by commands, and by keys that egui takes for itself.
    fn apply_zoom(&mut self, ctx: &Context) {
        let zoom = &mut self.state.settings.zoom;
        match *zoom == self.zoom {
            true => *zoom = ctx.zoom_factor(),
            false => ctx.set_zoom_factor(*zoom),
        }
        self.zoom = *zoom;
    }

    fn apply_theme(&mut self, ctx: &Context) {
        let choice = self.state.settings.theme;
        if self.theme == Some(choice) {
            return;
        }
        ctx.set_theme(match choice {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
        });
        self.theme = Some(choice);
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        // Before new notices come: what went by since the last frame is not their age.
        self.state.notices.advance(ctx.input(|i| i.unstable_dt));
        self.drain();
        let left = self.state.notices.toasts.iter().map(|t| t.left_secs);
        if let Some(secs) = left.min_by(f32::total_cmp) {
            ctx.request_repaint_after_secs(secs);
        }
        // At once: after a kill, nothing that has begun may be offered again, and all that waited must be.
        if self.queue != self.state.queue()
            && let Some(storage) = frame.storage_mut()
        {
            eframe::App::save(self, storage);
            storage.flush();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn raw_input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        if self.keys.part(&mut input.events, ctx.text_edit_focused()) {
            ctx.request_repaint();
        }
    }

    /// The panels' own, so that none has to be filled: where the processor draws, a pixel less is time for a training.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.state.remember_shown();
        self.queue = self.state.queue();
        self.store
            .save(storage, &self.state.settings, self.shell.layout());
    }

    /// A training that still runs is asked to stop; the engine keeps what it has and is joined by `open`.
    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        for job in &self.state.jobs.all {
            job.job.cancel.cancel();
        }
    }
}

/// Opens the window and stays until it is closed. `start_engine` gets the wake callback and gives the window's end of
/// the engine.
///
/// # Errors
/// [`Error::Input`] where there is no display; it names what works without one.
pub fn open(
    start_engine: impl FnOnce(Wake) -> Result<(Link, JoinHandle<()>)>,
    folders: Folders,
    read_store_again: ReadAgain,
) -> Result<()> {
    if !has_display() {
        return Err(no_display("neither DISPLAY nor WAYLAND_DISPLAY is set"));
    }
    let mut engine = None;
    let slot = &mut engine;
    let create = Box::new(move |cc: &eframe::CreationContext<'_>| {
        let (ctx, news_secs) = (cc.egui_ctx.clone(), news_secs(cc));
        let wake: Wake = Arc::new(move |urgency| match urgency {
            Urgency::Now => ctx.request_repaint(),
            Urgency::Soon => ctx.request_repaint_after_secs(news_secs),
        });
        let (link, handle) = start_engine(wake)?;
        *slot = Some(handle);
        let mut window = Window::restored(&cc.egui_ctx, link, DESKTOP, folders, cc.storage);
        window.shares_its_store(read_store_again);
        Ok(Box::new(window) as Box<dyn eframe::App>)
    });
    let ran = eframe::run_native("counterweight", options(), create);
    // The window is gone and with it the link, which is what ends the engine.
    let engine_ended_well = engine.is_none_or(|handle| handle.join().is_ok());
    // Before the reason stands where in which library it arose, which helps nobody here.
    ran.map_err(|e| no_display(e.to_string().rsplit(": ").next().unwrap_or("no reason given")))?;
    if engine_ended_well {
        Ok(())
    } else {
        Err(Error::Job(
            "the engine crashed; the runs keep what they had".into(),
        ))
    }
}

fn options() -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(TITLE)
            .with_app_id(APP_ID)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([900.0, 600.0])
            .with_drag_and_drop(true)
            .with_icon(icon()),
        renderer: eframe::Renderer::Glow,
        // Noise against bands in gradients, of which there are none here; without a card the processor pays for it.
        dithering: false,
        ..eframe::NativeOptions::default()
    }
}

/// A window without its icon is still a window.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/counterweight.png")).unwrap_or_default()
}

/// winit only finds out by failing, with a message about libraries; ask first where that is how it works.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn no_display(reason: &str) -> Error {
    Error::input(format!(
        "the window cannot open ({reason}); without one, use `counterweight train`, `sweep`, `evaluate`, `predict`, \
         `runs` or `demo`, see `counterweight --help`"
    ))
}
