//! Integration tests: one binary, one file a slice, everything by the front door.

mod access;
mod account_mail;
mod audit;
mod contract;
mod crash;
mod doors;
mod feed;
mod flood;
mod geodata;
mod issue;
mod limits;
mod mail;
mod matrix;
mod oidc;
mod operator;
mod over_http;
mod passkey;
mod personal_data;
mod plans;
mod replay;
mod roles;
mod see_as;
mod serve;
mod terrain;
mod tiles;
mod token;
