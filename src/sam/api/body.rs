//! The document of a REST API with all that the API's properties add to it.

use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::resource::SamResource;
use crate::sam::value::{is_text, is_true};
use crate::template::{Map, Node, Value};

use super::editor::endpoint::to_version_3;
use super::editor::{self, Cors, Editor};
use super::{auth, gateway_response};

/// The document, if the API has one in the template.
///
/// # Errors
/// Properties that need a document or do not fit it.
pub(super) fn complete(sam: &SamResource, partition: &str) -> Result<Option<Node>> {
    let mut body = Body {
        sam,
        node: sam.truthy("DefinitionBody").cloned(),
    };
    body.add_cors()?;
    body.add_auth(partition)?;
    body.add_gateway_responses()?;
    if let Some(types) = sam.truthy("BinaryMediaTypes")
        && body.node.is_some()
    {
        body.edit(|editor| {
            editor.set_binary_media_types(types);
            Ok(())
        })?;
    }
    body.add_models()?;
    if let Some(disable) = sam.get("DisableExecuteApiEndpoint") {
        body.need("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.")?;
        body.edit(|editor| editor.set_disable_execute_api_endpoint(disable))?;
    }
    body.finish()?;
    Ok(body.node)
}

struct Body<'a> {
    sam: &'a SamResource,
    node: Option<Node>,
}

impl Body<'_> {
    /// There must be a document here.
    fn need(&self, message: &str) -> Result<()> {
        match self.node {
            Some(_) => Ok(()),
            None => Err(self.sam.fault(message)),
        }
    }

    /// It must be one that can be edited.
    fn need_valid(&self, what: &str) -> Result<()> {
        if editor::is_valid(self.node.as_ref()) {
            return Ok(());
        }
        Err(self.sam.fault(format!(
            "Unable to add {what} because 'DefinitionBody' does not contain a valid Swagger definition."
        )))
    }

    fn edit(&mut self, change: impl FnOnce(&mut Editor) -> Result<()>) -> Result<()> {
        let mut editor = Editor::new(self.node.as_ref())?;
        change(&mut editor)?;
        self.node = Some(editor.into_node());
        Ok(())
    }

    /// Brings the document into the form of its version.
    fn finish(&mut self) -> Result<()> {
        let version = self.sam.get("OpenApiVersion");
        match self.node.as_mut().and_then(Node::as_map_mut) {
            Some(document) => to_version_3(document, version),
            None => Ok(()),
        }
    }

    fn add_cors(&mut self) -> Result<()> {
        let Some(node) = self.sam.truthy("Cors") else {
            return Ok(());
        };
        self.need("Cors works only with inline Swagger specified in 'DefinitionBody' property.")?;
        let cors = self.read_cors(node).map_err(|fault| fault.at(node.span))?;
        self.need_valid("Cors configuration")?;
        if cors.credentials && is_text(cors.origin.as_ref(), "'*'") {
            return Err(self
                .sam
                .fault(
                    "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \
                     \"'*'\" or not set",
                )
                .at(node.span));
        }
        let id = &self.sam.id;
        let mut editor = Editor::new(self.node.as_ref())?;
        editor.add_cors(&cors).map_err(|fault| match fault.ends() {
            true => fault,
            false => Fault::resource(id, fault.to_string()).at(node.span),
        })?;
        self.node = Some(editor.into_node());
        Ok(())
    }

    fn read_cors(&self, node: &Node) -> Result<Cors> {
        if node.as_str().is_some() || is_intrinsic(node) {
            return Ok(Cors {
                origin: Some(node.clone()),
                ..Cors::default()
            });
        }
        let given = node
            .as_map()
            .ok_or_else(|| self.sam.fault("Invalid value for 'Cors' property"))?;
        let names = [
            "AllowMethods",
            "AllowHeaders",
            "AllowOrigin",
            "MaxAge",
            "AllowCredentials",
        ];
        if let Some(key) = given.keys().find(|key| !names.contains(key)) {
            let message = format!("Invalid key '{key}' for 'Cors' property.");
            return Err(self.sam.fault(message));
        }
        let property = |name: &str| {
            let value = given.get(name);
            value.filter(|node| node.value != Value::Null).cloned()
        };
        let origin = match given.contains_key("AllowOrigin") {
            true => property("AllowOrigin"),
            false => Some(Node::string(node.span, "'*'")),
        };
        Ok(Cors {
            origin,
            headers: property("AllowHeaders"),
            methods: property("AllowMethods"),
            max_age: property("MaxAge"),
            credentials: is_true(given.get("AllowCredentials")),
        })
    }

    fn add_auth(&mut self, partition: &str) -> Result<()> {
        let sam = self.sam;
        let Some(node) = sam.truthy("Auth") else {
            return Ok(());
        };
        self.need("Auth works only with inline Swagger specified in 'DefinitionBody' property.")?;
        let auth = node
            .as_map()
            .filter(|auth| auth.keys().all(|key| auth::PROPERTIES.contains(&key)))
            .ok_or_else(|| sam.fault("Invalid value for 'Auth' property").at(node.span))?;
        self.need_valid("Auth configuration")?;
        self.edit(|editor| auth::add(sam, auth, editor, partition))?;
        self.finish()
    }

    fn add_gateway_responses(&mut self) -> Result<()> {
        let sam = self.sam;
        let Some(responses) = sam.truthy("GatewayResponses") else {
            return Ok(());
        };
        self.need(
            "GatewayResponses works only with inline Swagger specified in 'DefinitionBody' property.",
        )?;
        let none = Map::new();
        let responses = responses.as_map().unwrap_or(&none);
        gateway_response::check(&sam.id, responses)?;
        // The translator says the same as for Auth.
        self.need_valid("Auth configuration")?;
        self.edit(|editor| {
            for (name, response) in responses.iter() {
                let definition = gateway_response::definition(&sam.id, name, response)?;
                editor.add_gateway_response(name, definition);
            }
            Ok(())
        })
    }

    fn add_models(&mut self) -> Result<()> {
        let sam = self.sam;
        let Some(models) = sam.truthy("Models") else {
            return Ok(());
        };
        self.need("Models works only with inline Swagger specified in 'DefinitionBody' property.")?;
        self.need_valid("Models definitions")?;
        let models = models
            .as_map()
            .filter(|models| models.iter().all(|(_, model)| model.as_map().is_some()))
            .ok_or_else(|| {
                sam.fault("Invalid value for 'Models' property")
                    .at(models.span)
            })?;
        self.edit(|editor| editor.add_models(models))?;
        self.finish()
    }
}
