//! `AWS::Lambda::Url`: the address of a function or an alias.

use aws_sdk_lambda::operation::get_function_url_config::GetFunctionUrlConfigOutput;
use aws_sdk_lambda::types::{Cors, FunctionUrlAuthType, InvokeMode};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::Lambda;
use super::live::{as_sent, object, put};
use super::word::word;

const READABLE: [&str; 3] = ["AuthType", "Cors", "InvokeMode"];

impl Lambda {
    pub(super) async fn create_url(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_function_url_config()
            .function_name(properties.required("TargetFunctionArn")?)
            .set_qualifier(properties.text("Qualifier")?)
            .set_auth_type(word(&properties, "AuthType")?)
            .set_cors(cors(&properties)?)
            .set_invoke_mode(word(&properties, "InvokeMode")?)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "CreateFunctionUrlConfig", &error))?;
        Ok(existing(answer.function_arn(), answer.function_url()))
    }

    /// An address has no tags: it is the stack's own when its function is, or when it is just what was going to be made.
    pub(super) async fn find_url(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(found) = self.url(&properties).await? else {
            return Ok(None);
        };
        let auth: Option<FunctionUrlAuthType> = word(&properties, "AuthType")?;
        let mode: Option<InvokeMode> = word(&properties, "InvokeMode")?;
        let is_same = auth.as_ref() == Some(found.auth_type())
            && mode.unwrap_or(InvokeMode::Buffered)
                == found.invoke_mode().cloned().unwrap_or(InvokeMode::Buffered)
            && cors(&properties)? == found.cors().cloned();
        let function = match properties.text("Qualifier")? {
            Some(qualifier) => found
                .function_arn()
                .trim_end_matches(&format!(":{qualifier}"))
                .to_owned(),
            None => found.function_arn().to_owned(),
        };
        let is_ours = is_same || self.is_of_stack(&function, sought).await?;
        Ok(is_ours.then(|| existing(found.function_arn(), found.function_url())))
    }

    pub(super) async fn read_url(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(url) = self.url(&held.properties()).await? else {
            return Ok(None);
        };
        let mut found = Map::new();
        put(&mut found, "AuthType", Some(url.auth_type().as_str()));
        put(
            &mut found,
            "InvokeMode",
            url.invoke_mode().map(InvokeMode::as_str),
        );
        let cors = url.cors().map(|cors| {
            let texts = |texts: &[String]| (!texts.is_empty()).then(|| json!(texts));
            object([
                ("AllowCredentials", cors.allow_credentials().map(Json::from)),
                ("AllowHeaders", texts(cors.allow_headers())),
                ("AllowMethods", texts(cors.allow_methods())),
                ("AllowOrigins", texts(cors.allow_origins())),
                ("ExposeHeaders", texts(cors.expose_headers())),
                ("MaxAge", cors.max_age().map(Json::from)),
            ])
        });
        put(&mut found, "Cors", cors);
        Ok(Some(as_sent(held, found, &READABLE)))
    }

    pub(super) async fn update_url(&self, held: &Held, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let mode = word(&properties, "InvokeMode")?.unwrap_or(InvokeMode::Buffered);
        let answer = self
            .client
            .update_function_url_config()
            .function_name(properties.required("TargetFunctionArn")?)
            .set_qualifier(properties.text("Qualifier")?)
            .set_auth_type(word(&properties, "AuthType")?)
            // What is left out stays, and an empty one takes it away.
            .cors(cors(&properties)?.unwrap_or_else(|| Cors::builder().build()))
            .invoke_mode(mode)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "UpdateFunctionUrlConfig", &error))?;
        Ok(Existing {
            handle: held.handle.clone(),
            ..existing(answer.function_arn(), answer.function_url())
        })
    }

    pub(super) async fn delete_url(&self, held: &Held) -> Result<(), Fault> {
        let properties = held.properties();
        let answer = self
            .client
            .delete_function_url_config()
            .function_name(properties.required("TargetFunctionArn")?)
            .set_qualifier(properties.text("Qualifier")?)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteFunctionUrlConfig", &error)))
    }

    async fn url(
        &self,
        properties: &Properties<'_>,
    ) -> Result<Option<GetFunctionUrlConfigOutput>, Fault> {
        let answer = self
            .client
            .get_function_url_config()
            .function_name(properties.required("TargetFunctionArn")?)
            .set_qualifier(properties.text("Qualifier")?)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("lambda", "GetFunctionUrlConfig", &error).unless_missing(),
        }
    }
}

fn cors(properties: &Properties<'_>) -> Result<Option<Cors>, Fault> {
    let Some(given) = properties.object("Cors")? else {
        return Ok(None);
    };
    Ok(Some(
        Cors::builder()
            .set_allow_credentials(given.flag("AllowCredentials")?)
            .set_allow_headers(given.texts("AllowHeaders")?)
            .set_allow_methods(given.texts("AllowMethods")?)
            .set_allow_origins(given.texts("AllowOrigins")?)
            .set_expose_headers(given.texts("ExposeHeaders")?)
            .set_max_age(given.integer("MaxAge")?)
            .build(),
    ))
}

fn existing(function: &str, url: &str) -> Existing {
    let attributes = [
        ("FunctionArn".to_owned(), json!(function)),
        ("FunctionUrl".to_owned(), json!(url)),
    ];
    Existing {
        reference: function.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter(attributes),
    }
}
