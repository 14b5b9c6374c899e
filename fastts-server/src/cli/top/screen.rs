//! What the screen shows.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Row, Table};

use super::breakers::BREAKERS;
use super::calls::CALLS;
use super::groups::GROUPS;
use super::rates::{Concern, LISTENERS, PIPELINES, PipelineRates, Rates, SINKS, SOURCES};

/// What is shown, and from where on.
pub(super) struct Screen {
    server: String,
    rates: Option<Rates>,
    /// Why there is nothing newer.
    trouble: Option<String>,
    /// How many pipelines are above the first that is shown.
    above: usize,
}

impl Screen {
    pub(super) fn new(server: &str) -> Screen {
        Screen { server: server.to_owned(), rates: None, trouble: None, above: 0 }
    }

    /// Shows what happened, or why that is not known.
    pub(super) fn set(&mut self, rates: Result<Rates, String>) {
        match rates {
            Ok(rates) => (self.rates, self.trouble) = (Some(rates), None),
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// Moves the pipelines up or down.
    pub(super) fn scroll(&mut self, by: isize) {
        let last = self.rates.as_ref().map_or(0, |rates| rates.pipelines.len().saturating_sub(1));
        self.above = self.above.saturating_add_signed(by).min(last);
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let listeners = self.rates.as_ref().map_or(0, |rates| rates.listeners.len());
        let sources = self.rates.as_ref().map_or(0, |rates| rates.sources.len());
        let sinks = self.rates.as_ref().map_or(0, |rates| rates.sinks.len());
        let breakers = self.rates.as_ref().map_or(0, |rates| rates.breakers.len());
        let calls = self.rates.as_ref().map_or(0, |rates| rates.calls.len());
        let groups = self.rates.as_ref().map_or(0, |rates| rates.groups.len());
        // The title, the listeners with their heads, the other sources, the sinks, the breakers, the groups and the calls if there are any, an empty line, the pipelines, the keys.
        let heights = [
            Constraint::Length(1),
            Constraint::Length(1 + listeners as u16),
            Constraint::Length(if sources > 0 { 2 + sources as u16 } else { 0 }),
            Constraint::Length(if sinks > 0 { 2 + sinks as u16 } else { 0 }),
            Constraint::Length(if breakers > 0 { 2 + breakers as u16 } else { 0 }),
            Constraint::Length(if groups > 0 { 2 + groups as u16 } else { 0 }),
            Constraint::Length(if calls > 0 { 2 + calls as u16 } else { 0 }),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
        ];
        let [title, upper, middle, outside, guards, trees, called, _, lower, keys] = Layout::vertical(heights).areas(frame.area());
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let heading = match (&self.trouble, &self.rates) {
            (Some(trouble), _) => Line::styled(trouble.clone(), Color::Red),
            (None, Some(rates)) => Line::styled(rates.title(&self.server), bold),
            (None, None) => Line::styled(format!("looking at {}", self.server), bold),
        };
        frame.render_widget(heading, title);
        let Some(rates) = &self.rates else { return };
        let rows =
            rates.listeners.iter().map(|one| row(&LISTENERS, one.cells(), if one.lost > 0.0 { Concern::Warning } else { Concern::None }));
        frame.render_widget(table(&LISTENERS, rows.collect()), upper);
        if sources > 0 {
            let rows = rates.sources.iter().map(|one| row(&SOURCES, one.cells(), one.concern()));
            let [_, middle] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(middle);
            frame.render_widget(table(&SOURCES, rows.collect()), middle);
        }
        if sinks > 0 {
            let rows = rates.sinks.iter().map(|one| row(&SINKS, one.cells(), one.concern()));
            let [_, outside] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(outside);
            frame.render_widget(table(&SINKS, rows.collect()), outside);
        }
        if breakers > 0 {
            let rows = rates.breakers.iter().map(|one| row(&BREAKERS, one.cells(), one.concern()));
            let [_, guards] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(guards);
            frame.render_widget(table(&BREAKERS, rows.collect()), guards);
        }
        if groups > 0 {
            let rows = rates.groups.iter().map(|one| row(&GROUPS, one.cells(), one.concern()));
            let [_, trees] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(trees);
            frame.render_widget(table(&GROUPS, rows.collect()), trees);
        }
        if calls > 0 {
            let rows = rates.calls.iter().map(|one| row(&CALLS, one.cells(), one.concern()));
            let [_, called] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(called);
            frame.render_widget(table(&CALLS, rows.collect()), called);
        }
        let rows = rates.pipelines.iter().skip(self.above).map(|one: &PipelineRates| row(&PIPELINES, one.cells(), one.concern()));
        frame.render_widget(table(&PIPELINES, rows.collect()), lower);
        let below = rates.pipelines.len().saturating_sub(self.above + usize::from(lower.height.saturating_sub(1)));
        let more = if below > 0 { format!("; {below} more below") } else { String::new() };
        frame.render_widget(Line::styled(format!("q ends, up and down move{more}"), Modifier::DIM), keys);
    }
}

fn row<const N: usize>(columns: &[(&str, usize); N], cells: [String; N], concern: Concern) -> Row<'static> {
    let colour = match concern {
        Concern::None => Style::new(),
        Concern::Warning => Style::new().fg(Color::Yellow),
        Concern::Alarm => Style::new().fg(Color::Red),
    };
    Row::new(cells.into_iter().zip(columns).enumerate().map(|(column, (text, (head, _)))| aligned(column, head, text))).style(colour)
}

fn table<const N: usize>(columns: &[(&'static str, usize); N], rows: Vec<Row<'static>>) -> Table<'static> {
    let heads = columns.iter().enumerate().map(|(column, (head, _))| aligned(column, head, (*head).to_owned()));
    let width = |(column, (_, width)): (usize, &(&str, usize))| match column {
        0 => Constraint::Min(*width as u16),
        _ => Constraint::Length(*width as u16),
    };
    let heads = Row::new(heads).style(Style::new().add_modifier(Modifier::REVERSED));
    Table::new(rows, columns.iter().enumerate().map(width)).header(heads)
}

/// Names and states stand on the left, figures on the right.
fn aligned(column: usize, head: &str, text: String) -> Line<'static> {
    if column == 0 || head == "STATE" { Line::from(text) } else { Line::from(text).right_aligned() }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::rates::tests::samples;
    use super::*;

    fn shown(screen: &Screen, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| screen.draw(frame)).unwrap();
        terminal.backend().to_string()
    }

    fn screen() -> Screen {
        let [before, now] = samples();
        let mut screen = Screen::new("127.0.0.1:5556");
        screen.set(Ok(Rates::between(&before, &now)));
        screen
    }

    #[test]
    fn everything_is_seen_on_80_by_24() {
        insta::assert_snapshot!("screen", shown(&screen(), 80, 24));
    }

    #[test]
    fn more_pipelines_than_fit_can_be_scrolled_to() {
        let mut screen = screen();
        assert!(shown(&screen, 80, 8).contains("2 more below"), "{}", shown(&screen, 80, 8));
        screen.scroll(2);
        let scrolled = shown(&screen, 80, 8);
        assert!(scrolled.contains("gone") && !scrolled.contains("errors per host") && !scrolled.contains("below"), "{scrolled}");
        screen.scroll(-9);
        assert!(shown(&screen, 80, 8).contains("errors per host"));
    }

    #[test]
    fn trouble_stands_above_what_was_known_last() {
        let mut screen = screen();
        screen.set(Err("no answer".to_owned()));
        let shown = shown(&screen, 80, 24);
        assert!(shown.starts_with("\"no answer") && shown.contains("errors per host"), "{shown}");
    }

    #[test]
    fn the_smallest_terminal_is_no_trouble() {
        for (width, height) in [(1, 1), (3, 2), (20, 5)] {
            shown(&screen(), width, height);
        }
    }
}
