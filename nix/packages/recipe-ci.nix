{ lib, stdenv, callPackage, makeWrapper, nodejs, python3, abra }:
let
  tools = callPackage ../tools.nix { inherit abra nodejs; };
  modules = callPackage ./npm-modules.nix { inherit nodejs; };
  manifest = builtins.fromJSON (builtins.readFile ../../package.json);
in
stdenv.mkDerivation {
  pname = "recipe-ci";
  inherit (manifest) version;
  src = import ../source.nix;

  nativeBuildInputs = [ makeWrapper nodejs python3 ];

  # npm would build the two native parts against headers that it fetches: Node's own lie beside it.
  configurePhase = ''
    runHook preConfigure
    export HOME=$TMPDIR npm_config_nodedir=${nodejs} npm_config_offline=true npm_config_audit=false npm_config_fund=false
    cp ${modules.packageJson} package.json
    cp ${modules.packageLock} package-lock.json
    npm ci --ignore-scripts
    patchShebangs node_modules
    npm rebuild fs-ext
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    npm run build
    npm run install
    npm prune --omit=dev --ignore-scripts
    runHook postBuild
  '';

  # As npm would lay it out: what bin/recipe-ci looks for lies beside it, wherever that is.
  installPhase = ''
    runHook preInstall
    mkdir -p $out/lib/recipe-ci/build/Release $out/bin
    cp -r bin dist node_modules LICENSE $out/lib/recipe-ci/
    cp $src/package.json $out/lib/recipe-ci/package.json
    cp build/Release/recipe-ci-guard $out/lib/recipe-ci/build/Release/
    makeWrapper $out/lib/recipe-ci/bin/recipe-ci $out/bin/recipe-ci --prefix PATH : ${lib.makeBinPath tools}
    runHook postInstall
  '';

  meta = {
    inherit (manifest) description;
    license = lib.licenses.gpl3Plus;
    mainProgram = "recipe-ci";
    platforms = lib.platforms.linux;
  };
}
