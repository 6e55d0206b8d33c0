/** Written by scripts/generate.mjs: the name under which the server knows each operation. */
export const documentIds: Record<string, string> = {
  "AccessTokens": "sha256:3e963e24c9f4929eb69ffca0de2fb65f5a95a3620dce52d7608a6f2abaad2732",
  "AuditEvents": "sha256:42b92e5af8ae6077d5fd27ae3f64b3d5ddac335477529ff2ddd79ca1eb99bc5a",
  "CreateAccessToken": "sha256:d63a5c0280eabcbb9d62230afacbbd21397cec40f58744d179bfa08e2f3b771c",
  "EraseMe": "sha256:2410ed11917e74366e12c8953133ceb485d5735dc86bccaae0c7126f16b893a8",
  "GrantRole": "sha256:e16ca010336c460093cf911954de60b0b443c99624e4b8991e131621053b2c6d",
  "HandOverRole": "sha256:4f40136001cc7827c78a526cb31d73739b31a6902f4e5e5962e5de451d936d48",
  "Held": "sha256:dff74bcce65ec81ecf1a514a9d9f1090ab799fa1c869dfa11a8cb273707bd06b",
  "Invitations": "sha256:016ad3c392ab1bc5eef79de0e16a30dc46a48d089e25ff995e2066a23cc20b28",
  "Invite": "sha256:637f7e6aa36fb933ed1750484f0cd478b8097e7fa348e74d46b16ba42c2ff4b3",
  "Passkeys": "sha256:a2ca7002cd085f572d53aa0a4b480e2522d7cd1b4e6c6e0fa1d0003a6f46ac3f",
  "People": "sha256:6a9198482e7c13348a0c2e33da35d6023ad091075f8e4406c3d7eddbfec0250f",
  "RemovePasskey": "sha256:97f63ace274edfb1977fe6710d17818d724fa8cbad5f54b622ef139fce7d35fa",
  "RenamePasskey": "sha256:a7a9e86e2ba80bf05f4833039c6887bffd86716e8c60d3bd44f35daeecae592e",
  "RevokeAccessToken": "sha256:4156865eb62b5d4b1c138eda7cad0e2330ddfc78a288502bf73fe1deddfec17f",
  "RevokeOtherSessions": "sha256:528c4cff0c36696fd1e9a7a66ccbafe2f2d65727b31abd5bb424f153a3048cf2",
  "RevokeSession": "sha256:0c0f412fd33af5c813affafe8563ca3c9df913b68ffdd3d2adc8ba1cc0c5d803",
  "RoleChoices": "sha256:fb12dc381e55299e943c99d3bad9a307c97f1b2f952eb02d8909547d522941e6",
  "Sessions": "sha256:1bf8097d39fdb2e666c117e3ace32341fc6e6aad205a44b1be62b27b13f6562e",
  "WithdrawInvitation": "sha256:f4fcf582911b552ab48035a3a8f201e1899998811cb9b9ce27d93ae44195b243",
  "WithdrawRole": "sha256:f1fe616c12cf19764224670a0a91f18b6915c40595f30909c88baea02f7fdb4a"
};
