/** Written by scripts/generate.mjs: the name under which the server knows each operation. */
export const documentIds: Record<string, string> = {
  "ChangeIssueState": "sha256:6339c3caa91e7d6a208e1a6b170dabdba4c01d8341bbcc365932f6d65349b41f",
  "Changes": "sha256:288ece803d6c54b56578a5b445605e325306b002338206372901bd79c4cf0ba2",
  "CommentOnIssue": "sha256:905c98a7e03adeff8750f4afcbaba0ad0105b66f0a92f57efeebecd0f29c439f",
  "EditIssue": "sha256:5f2400c8ca3f8c279f55dfbbe783d9612813c212d33df7f217a9c6c932d15ae7",
  "FirstIssues": "sha256:58b656cec9924412cbdf8102b2c5a5b143cf99a5517ee215fc2f26e059d89edc",
  "IssueDetail": "sha256:eb5a9e4e710e9f1a223e07239273bd64484f4c78e7915c266b05652df01f1bca",
  "ReportIssue": "sha256:d531b29db5e2c854443551ba30964085c12efab4419ea8d2106571b605c9bb8a",
  "SetLanguage": "sha256:d21e24989e7f02915001e228bb49cbb4f72441d2c3decff87a1736db6d48a336",
  "ShareIssue": "sha256:5238e3aa48dd79149645365689ef20db2e17cb18982fa86c578c0b163d742aa9",
  "SupportIssue": "sha256:5b1f78e417d95450bae9e922c026ddd9890cce1fefc50822f6baf59a1d3c6c7e",
  "TerrainChanged": "sha256:b2321630473ce27d1be058a14f796295fd2888be727d2784ff9fc154e286ee3a",
  "Terrains": "sha256:030a2488f370db33caaaedd40fe9e665f05118daa190f0464047a3b99f829672",
  "Viewer": "sha256:aa885c9ebcadc8b4c0d281efa14a23468dcded2652f5a79867841be7b3d97734",
  "WithdrawIssue": "sha256:30718cc224aae2529094d63d6cf8a2577d84c6c17b7e72b90f100b48f61b9612",
  "WithdrawSupport": "sha256:96f1f601bb8edaab36913b9f6957dbdccc9b37331eb04fa59aa003040ba73b02"
};
