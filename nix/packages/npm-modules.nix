# The npm packages of package-lock.json that the build needs, as files of the store, and the lock that points at them.
# Each is fetched by npm itself and held to the integrity of the lock, so no registry is named here and no hash is new.
{ lib, runCommand, writeText, cacert, nodejs }:
let
  # Of the development packages the build needs the compiler alone, with the types that it reads.
  building = [ "@types/fs-ext" "@types/node" "typescript" "undici-types" ];

  manifest = builtins.fromJSON (builtins.readFile ../../package.json);
  lock = builtins.fromJSON (builtins.readFile ../../package-lock.json);

  # "node_modules/a/node_modules/@b/c" is a copy of "@b/c".
  nameOf = path: lib.last (lib.splitString "node_modules/" path);
  isNeeded = path: module: path != "" && (!(module.dev or false) || builtins.elem (nameOf path) building);
  needed = lib.filterAttrs isNeeded lock.packages;

  tarball = path: { version, integrity, ... }:
    runCommand "${builtins.replaceStrings [ "@" "/" ] [ "" "-" ] (nameOf path)}-${version}.tgz"
      {
        nativeBuildInputs = [ nodejs ];
        SSL_CERT_FILE = "${cacert}/etc/ssl/certs/ca-bundle.crt";
        outputHashMode = "flat";
        outputHash = integrity;
        # A corporate registry or proxy of the builder, if there is one.
        impureEnvVars = [ "http_proxy" "https_proxy" "no_proxy" "npm_config_registry" ];
      }
      ''
        export HOME=$TMPDIR
        NODE_EXTRA_CA_CERTS=$SSL_CERT_FILE npm pack ${lib.escapeShellArg "${nameOf path}@${version}"} --ignore-scripts
        mv ./*.tgz "$out"
      '';

  buildNames = lib.filterAttrs (name: _: builtins.elem name building) manifest.devDependencies;
  root = lock.packages."" // { devDependencies = buildNames; };
in
{
  inherit needed;

  packageJson = writeText "package.json" (builtins.toJSON (manifest // { devDependencies = buildNames; }));

  packageLock = writeText "package-lock.json" (builtins.toJSON (lock // {
    packages = { "" = root; } // builtins.mapAttrs (path: module: module // { resolved = "file:${tarball path module}"; }) needed;
  }));
}
