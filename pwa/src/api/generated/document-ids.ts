/** Written by scripts/generate.mjs: the name under which the server knows each operation. */
export const documentIds: Record<string, string> = {
  "ChangeIssueState": "sha256:196ab3442b3e73e723817b62223bcec81f54f597d9e1ee895d533fc71300bbae",
  "Changes": "sha256:3c49af72b5ffbf90585bbb9b0914794c9c90966ac77cd024cd343e6774d08382",
  "CommentOnIssue": "sha256:089ec3141943a8dea8a2d4591619b1425cdf986509d015f96a889c1f368c1031",
  "EditIssue": "sha256:bb43e6d4c2e19980ccc0a92d55db00982b047bfc0fc9298a903c966306790c96",
  "IssueDetail": "sha256:eb5a9e4e710e9f1a223e07239273bd64484f4c78e7915c266b05652df01f1bca",
  "ReportIssue": "sha256:5fe147dfdd81b600617cfb4ff414d07719e428b1288526e87e9b6521e9123f42",
  "SetLanguage": "sha256:d21e24989e7f02915001e228bb49cbb4f72441d2c3decff87a1736db6d48a336",
  "ShareIssue": "sha256:7b6da3357f77301888543e839605c87ed5ea82d537fb9853c2322b4a949e1d70",
  "SupportIssue": "sha256:f5fc421010b5f985e63c2bfe7b6788b65649b7bcac8139adb55429d6e6921768",
  "TerrainChanged": "sha256:b2321630473ce27d1be058a14f796295fd2888be727d2784ff9fc154e286ee3a",
  "Terrains": "sha256:030a2488f370db33caaaedd40fe9e665f05118daa190f0464047a3b99f829672",
  "Viewer": "sha256:aa885c9ebcadc8b4c0d281efa14a23468dcded2652f5a79867841be7b3d97734",
  "WithdrawIssue": "sha256:30718cc224aae2529094d63d6cf8a2577d84c6c17b7e72b90f100b48f61b9612",
  "WithdrawSupport": "sha256:07de9da7be4f9fa6c0ed14f1f5e0174996668410cb923f21596befd644ab3c0d"
};
