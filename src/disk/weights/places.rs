//! Where other programs keep and publish weights, as the environment says: PyTorch's variables and the Hugging Face
//! Hub's mean here what they mean there. Read once at the edge and passed on, so that nothing below looks at it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

const TORCHVISION_URL_VARIABLE: &str = "COUNTERWEIGHT_TORCHVISION_URL";

#[derive(Debug, Clone)]
pub struct Places {
    /// `$TORCH_HOME/hub/checkpoints`: where torchvision looks and downloads to.
    pub torch_checkpoints: PathBuf,
    /// The Hub's cache: `HF_HUB_CACHE`, `HF_HOME`.
    pub hub_cache: PathBuf,
    /// `COUNTERWEIGHT_TORCHVISION_URL`, for mirrors. Without a slash at its end, as the next one.
    pub torchvision_url: String,
    /// `HF_ENDPOINT`.
    pub hub_url: String,
    /// `HF_TOKEN`; goes to the Hub alone.
    pub hub_token: Option<String>,
    /// `HF_HUB_OFFLINE`: do not touch the network at all.
    pub offline: bool,
    /// `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, except for the hosts in `NO_PROXY`.
    pub proxy: Option<ureq::Proxy>,
    /// `SSL_CERT_FILE`, else `REQUESTS_CA_BUNDLE`: certificates to trust instead of Mozilla's, for networks that
    /// read what passes through them.
    pub certificates: Option<PathBuf>,
}

impl Places {
    pub fn from_env() -> Self {
        let home = std::env::home_dir().unwrap_or_default();
        let mut places = Places::from_variables(|name| std::env::var(name).ok(), &home);
        places.proxy = ureq::Proxy::try_from_env();
        places
    }

    /// Without a proxy. An empty variable counts as none.
    fn from_variables(variable: impl Fn(&str) -> Option<String>, home: &Path) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| {
            variable(name).map(|value| match value.strip_prefix("~/") {
                Some(below) => home.join(below),
                None => PathBuf::from(value),
            })
        };
        let url = |name: &str, default: &str| {
            variable(name)
                .unwrap_or_else(|| default.into())
                .trim_end_matches('/')
                .to_owned()
        };
        let is_on = |name: &str| {
            let value = variable(name).unwrap_or_default().to_lowercase();
            matches!(value.as_str(), "1" | "on" | "yes" | "true")
        };
        let cache = path("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache"));
        let torch_home = path("TORCH_HOME").unwrap_or_else(|| cache.join("torch"));
        let hub_home = path("HF_HOME").unwrap_or_else(|| cache.join("huggingface"));
        Places {
            torch_checkpoints: torch_home.join("hub").join("checkpoints"),
            hub_cache: path("HF_HUB_CACHE")
                .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
                .unwrap_or_else(|| hub_home.join("hub")),
            torchvision_url: url(TORCHVISION_URL_VARIABLE, "https://download.pytorch.org/models"),
            hub_url: url("HF_ENDPOINT", "https://huggingface.co"),
            hub_token: variable("HF_TOKEN"),
            offline: is_on("HF_HUB_OFFLINE") || is_on("TRANSFORMERS_OFFLINE"),
            proxy: None,
            certificates: path("SSL_CERT_FILE").or_else(|| path("REQUESTS_CA_BUNDLE")),
        }
    }

    /// An HTTP client for these places. Statuses are looked at, not errors; a silent server is given up after a while.
    pub(super) fn agent(&self) -> ureq::Agent {
        let seconds = |n| Some(Duration::from_secs(n));
        ureq::Agent::config_builder()
            .proxy(self.proxy.clone())
            .tls_config(TlsConfig::builder().root_certs(self.root_certificates()).build())
            .http_status_as_error(false)
            .user_agent(concat!("counterweight/", env!("CARGO_PKG_VERSION")))
            // Ranges and checksums are of the file itself.
            .accept_encoding("identity")
            // Short, because a request to stop has to wait for these two.
            .timeout_resolve(seconds(5))
            .timeout_connect(seconds(5))
            .timeout_recv_response(seconds(30))
            .timeout_per_read(seconds(30))
            .build()
            .new_agent()
    }

    /// Mozilla's, unless the file named has some.
    fn root_certificates(&self) -> RootCerts {
        let pem = self
            .certificates
            .as_ref()
            .and_then(|path| std::fs::read(path).ok())
            .unwrap_or_default();
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            RootCerts::WebPki
        } else {
            certificates.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Variables<'a> = &'a [(&'a str, &'a str)];

    fn places(variables: Variables) -> Places {
        let variable = |name: &str| {
            let found = variables.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Places::from_variables(variable, Path::new("/h"))
    }

    #[test]
    fn the_variables_mean_what_they_mean_to_python() {
        let cases: &[(Variables, &str, &str)] = &[
            (
                &[],
                "/h/.cache/torch/hub/checkpoints",
                "/h/.cache/huggingface/hub",
            ),
            (
                &[("XDG_CACHE_HOME", "/c")],
                "/c/torch/hub/checkpoints",
                "/c/huggingface/hub",
            ),
            (
                &[
                    ("TORCH_HOME", "~/t"),
                    ("HF_HOME", "/hf"),
                    ("XDG_CACHE_HOME", "/c"),
                ],
                "/h/t/hub/checkpoints",
                "/hf/hub",
            ),
            (
                &[("HF_HUB_CACHE", "/cache"), ("HF_HOME", "/hf"), ("TORCH_HOME", "")],
                "/h/.cache/torch/hub/checkpoints",
                "/cache",
            ),
        ];
        for (variables, torch, hub) in cases {
            let places = places(variables);
            assert_eq!(places.torch_checkpoints, Path::new(torch), "{variables:?}");
            assert_eq!(places.hub_cache, Path::new(hub), "{variables:?}");
        }
        let mirror = places(&[
            ("HF_ENDPOINT", "https://hub.example/"),
            (TORCHVISION_URL_VARIABLE, "http://mirror.example/models/"),
            ("HF_HUB_OFFLINE", "YES"),
            ("HF_TOKEN", ""),
            ("REQUESTS_CA_BUNDLE", "/etc/ca.pem"),
        ]);
        assert_eq!(mirror.certificates.as_deref(), Some(Path::new("/etc/ca.pem")));
        assert_eq!(mirror.hub_url, "https://hub.example");
        assert_eq!(mirror.torchvision_url, "http://mirror.example/models");
        assert!(mirror.offline && mirror.hub_token.is_none());
        assert!(!places(&[("HF_HUB_OFFLINE", "0")]).offline);
    }
}
