//! Hands on a browser: the same things done with the mouse, or with the keyboard alone. Whoever has the keyboard alone reaches
//! everything by Tab and the arrow keys and uses it by Enter or Space; nothing is clicked or focused for them.

use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use cucumber::Parameter;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;

use super::Browser;
use super::looking::is_on;
use super::spot::{Role, Spot, quoted};

/// More stops than any page has.
const STOPS: usize = 200;
/// More entries than any drop-down or group of radio buttons has.
const ENTRIES: usize = 60;
/// The first stop of every page.
const SKIP: &str = "Skip to content";

/// What somebody has to work with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Parameter)]
#[param(name = "means", regex = "the mouse|the keyboard alone")]
pub(in crate::harness) enum Means {
    #[default]
    Mouse,
    Keyboard,
}

impl FromStr for Means {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "the mouse" => Self::Mouse,
            "the keyboard alone" => Self::Keyboard,
            other => bail!("{other} is nothing to work a browser with"),
        })
    }
}

/// Somebody's hands on a browser.
#[derive(Clone, Copy)]
pub(in crate::harness) struct Hands<'a> {
    pub(in crate::harness) browser: &'a Browser,
    pub(in crate::harness) means: Means,
}

impl Hands<'_> {
    /// Uses a link, a button, a switch, a check box, or what unfolds something.
    pub(in crate::harness) async fn press(&self, spot: &Spot) -> Result<()> {
        let there = self.browser.find(spot).await?;
        self.press_on(spot, &there).await
    }

    async fn press_on(&self, spot: &Spot, there: &Element) -> Result<()> {
        self.come_to(spot, there).await?;
        match (self.means, spot.role()) {
            (Means::Mouse, _) => Ok(()),
            (Means::Keyboard, Role::CheckBox | Role::Switch) => self.strike([' ']).await,
            (Means::Keyboard, _) => self.strike([Key::Enter.into()]).await,
        }
    }

    /// The same, and it leads to another page.
    pub(in crate::harness) async fn follow(&self, spot: &Spot) -> Result<()> {
        let there = self.browser.find(spot).await?;
        let page = self.browser.document().await?;
        self.press_on(spot, &there).await?;
        self.browser.comes_after(&page).await.with_context(|| format!("using {spot}"))
    }

    /// Writes into a field instead of what is there.
    pub(in crate::harness) async fn write(&self, field: &str, text: &str) -> Result<()> {
        let spot = self.come_to_text(field).await?;
        self.strike(text.chars()).await?;
        let held = self.browser.value(&spot).await?;
        ensure!(held == text, "{spot} holds {} characters that are not those that were typed", held.chars().count());
        Ok(())
    }

    /// Puts what was copied into a field instead of what is there: this.
    pub(in crate::harness) async fn paste(&self, field: &str) -> Result<String> {
        let spot = self.come_to_text(field).await?;
        self.with_control('v').await?;
        let pasted = self.browser.value(&spot).await?;
        ensure!(!pasted.is_empty(), "nothing was copied that could be put into {spot}");
        Ok(pasted)
    }

    /// Has something added that a list offers: a double-click on its line, or its button.
    pub(in crate::harness) async fn add(&self, name: &str) -> Result<()> {
        let button = Spot::button(&format!("Add {name}"));
        if self.means == Means::Keyboard {
            return self.follow(&button).await;
        }
        let page = self.browser.document().await?;
        let line = self.browser.find(&button).await?.find(Locator::XPath("ancestor::li/span")).await?;
        self.browser.double_click_on(line).await.with_context(|| format!("double-clicking {name}"))?;
        self.browser.comes_after(&page).await.with_context(|| format!("adding {name}"))
    }

    /// Writes a line above those that a field has.
    pub(in crate::harness) async fn write_above(&self, field: &str, line: &str) -> Result<()> {
        let spot = Spot::new(Role::TextField, field);
        self.come_to(&spot, &self.browser.find(&spot).await?).await?;
        if self.means == Means::Mouse {
            self.with_control(Key::Home.into()).await?;
        }
        self.strike(line.chars().chain([Key::Enter.into()])).await
    }

    /// Chooses an entry of a drop-down.
    pub(in crate::harness) async fn choose(&self, drop_down: &str, entry: &str) -> Result<()> {
        let spot = Spot::new(Role::DropDown, drop_down);
        let element = self.browser.find(&spot).await?;
        let path = format!(".//option[normalize-space(.) = {}]", quoted(entry)?);
        let option = element.find(Locator::XPath(&path)).await.with_context(|| format!("{spot} does not offer {entry:?}"))?;
        if self.means == Means::Mouse {
            return option.click().await.with_context(|| format!("choosing {entry:?}"));
        }
        self.reach(&spot, &element).await?;
        for key in [Key::Down, Key::Up] {
            for _ in 0..ENTRIES {
                if option.is_selected().await? {
                    return Ok(());
                }
                self.strike([key.into()]).await?;
            }
        }
        bail!("the arrow keys do not reach {entry:?} of {spot}")
    }

    /// Ticks a check box, or takes the tick away.
    pub(in crate::harness) async fn tick(&self, check_box: &str, on: bool) -> Result<()> {
        let spot = Spot::new(Role::CheckBox, check_box);
        let there = self.browser.find(&spot).await?;
        if is_on(&there).await? != on {
            self.press_on(&spot, &there).await?;
        }
        ensure!(is_on(&there).await? == on, "{spot} does not change");
        Ok(())
    }

    /// Picks one of several radio buttons.
    pub(in crate::harness) async fn pick(&self, radio_button: &str) -> Result<()> {
        let spot = Spot::new(Role::RadioButton, radio_button);
        let there = self.browser.find(&spot).await?;
        self.come_to(&spot, &there).await?;
        ensure!(is_on(&there).await?, "{spot} is not picked");
        Ok(())
    }

    /// Clicks something, or brings the focus to it.
    async fn come_to(&self, spot: &Spot, there: &Element) -> Result<()> {
        match self.means {
            Means::Mouse => there.click().await.with_context(|| format!("clicking {spot}")),
            Means::Keyboard => self.reach(spot, there).await,
        }
    }

    /// Goes from stop to stop until the focus is on something.
    async fn reach(&self, spot: &Spot, goal: &Element) -> Result<()> {
        if self.is_at_the_top().await? && !goal.find_all(Locator::XPath("ancestor::main")).await?.is_empty() {
            self.skip_to_content().await?;
        }
        // Of radio buttons one is a stop, and the arrow keys lead to the others.
        let stops = group(goal).await?;
        for _ in 0..STOPS {
            let here = self.focus().await?;
            if stops.contains(&here) {
                return self.go_to(goal, spot).await;
            }
            self.strike([Key::Tab.into()]).await?;
        }
        bail!("{spot} cannot be reached by Tab")
    }

    /// From one radio button of a group to another; other things are groups of one.
    async fn go_to(&self, goal: &Element, spot: &Spot) -> Result<()> {
        for _ in 0..ENTRIES {
            if self.focus().await? == goal.element_id() {
                return Ok(());
            }
            self.strike([Key::Down.into()]).await?;
        }
        bail!("the arrow keys do not reach {spot}")
    }

    /// Whether nothing has the focus yet, as on a fresh page. One that came after a form may stand at its content already: whoever
    /// skipped to the form has its fragment in the address, and the browser takes it along.
    async fn is_at_the_top(&self) -> Result<bool> {
        let client = self.browser.client();
        Ok(client.active_element().await?.tag_name().await? == "body" && client.current_url().await?.fragment().is_none())
    }

    async fn skip_to_content(&self) -> Result<()> {
        self.strike([Key::Tab.into()]).await?;
        let link = self.browser.find(&Spot::link(SKIP)).await?;
        ensure!(self.focus().await? == link.element_id(), "the first stop of the page is not {SKIP:?}");
        self.strike([Key::Enter.into()]).await
    }

    async fn focus(&self) -> Result<ElementRef> {
        Ok(self.browser.client().active_element().await.context("what has the focus")?.element_id())
    }

    /// Comes to a field of one line, with its text selected: that of a field which is reached by Tab is.
    async fn come_to_text(&self, field: &str) -> Result<Spot> {
        let spot = Spot::new(Role::TextField, field);
        self.come_to(&spot, &self.browser.find(&spot).await?).await?;
        if self.means == Means::Mouse {
            self.with_control('a').await?;
        }
        Ok(spot)
    }

    async fn strike(&self, keys: impl IntoIterator<Item = char>) -> Result<()> {
        let strokes = keys.into_iter().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.act(strokes).await
    }

    async fn with_control(&self, value: char) -> Result<()> {
        let control = char::from(Key::Control);
        self.act([
            KeyAction::Down { value: control },
            KeyAction::Down { value },
            KeyAction::Up { value },
            KeyAction::Up { value: control },
        ])
        .await
    }

    async fn act(&self, strokes: impl IntoIterator<Item = KeyAction>) -> Result<()> {
        let keyboard = strokes.into_iter().fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.browser.client().perform_actions(keyboard).await.context("at the keyboard")
    }
}

/// All radio buttons of which this is one, or this alone.
async fn group(element: &Element) -> Result<Vec<ElementRef>> {
    let kind = element.attr("type").await?;
    let Some(name) = element.attr("name").await?.filter(|_| kind.as_deref() == Some("radio")) else {
        return Ok(vec![element.element_id()]);
    };
    let path = format!("ancestor::form//input[@type = 'radio'][@name = {}]", quoted(&name)?);
    Ok(element.find_all(Locator::XPath(&path)).await?.iter().map(Element::element_id).collect())
}
