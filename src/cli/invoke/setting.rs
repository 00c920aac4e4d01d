//! Settings whose values only `local` understands: hosts, the endpoint, folders of layers.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use crate::cli::project::fail;
use crate::cli::{Exit, Stop};
use crate::config::{FunctionSettings, Origin, Setting, Settings};
use crate::local::sandbox::{Endpoint, Pattern};
use crate::ui::Ui;

/// The folders of layers, as they are found from everywhere.
pub(super) fn layers(settings: &Settings, ui: &Ui) -> Result<Vec<PathBuf>, Stop> {
    let given = settings.paths(Setting::Layers);
    let mut layers = Vec::with_capacity(given.len());
    for layer in given {
        let found = layer.canonicalize().and_then(|path| match path.is_dir() {
            true => Ok(path),
            false => Err(std::io::ErrorKind::NotADirectory.into()),
        });
        match found {
            Ok(path) => layers.push(path),
            Err(error) => {
                let origin = settings.origin(Setting::Layers);
                let layer = layer.display();
                fail(
                    ui,
                    &format!("cannot read the layer {layer} ({origin}): {error}"),
                )?;
                ui.help("layers are folders whose content is to be seen as /opt, as a layer's zip file has it")?;
                return Err(Stop::Said(Exit::Input));
            }
        }
    }
    Ok(layers)
}

/// The local AWS endpoint.
pub(in crate::cli) fn endpoint(settings: &Settings, ui: &Ui) -> Result<Option<Endpoint>, Stop> {
    let origin = settings.origin(Setting::EndpointUrl);
    let text = settings.text(Setting::EndpointUrl);
    text.map(|text| parse(text, origin, ui)).transpose()
}

/// The hosts that the user allows: all functions, and `own` in particular.
pub(super) fn allowed(
    settings: &Settings,
    own: Option<&FunctionSettings>,
    ui: &Ui,
) -> Result<Vec<Pattern>, Stop> {
    let every = (
        settings.texts(Setting::AllowNet),
        settings.origin(Setting::AllowNet),
    );
    let mut patterns = Vec::new();
    for (hosts, origin) in std::iter::once(every).chain(own.and_then(FunctionSettings::allow_net)) {
        for host in hosts {
            patterns.push(parse(host, origin, ui)?);
        }
    }
    Ok(patterns)
}

fn parse<T: FromStr<Err: Display>>(text: &str, origin: &Origin, ui: &Ui) -> Result<T, Stop> {
    text.parse().or_else(|error| {
        fail(ui, &format!("{error} ({origin})"))?;
        Err(Stop::Said(Exit::Input))
    })
}
