{
  # Built by "npm ci" and "npm install": npm runs node-gyp wherever it finds this file.
  "targets": [
    {
      "target_name": "recipe-ci-guard",
      "type": "executable",
      "product_prefix": "",
      "product_extension": "",
      "sources": ["lib/lifetime/native/recipe-ci-guard.c"],
      "cflags": ["-std=gnu11", "-O2", "-Wall", "-Wextra"],
      # Static where the C library allows it: starts faster, and no LD_* variable reaches it.
      "ldflags": ["<!(sh lib/lifetime/native/link-flags)"]
    }
  ]
}
