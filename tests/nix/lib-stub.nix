# Minimal stand-in for the part of nixpkgs lib that nix/modules uses. Test-only.
let
  inherit (builtins) isAttrs isFunction isList isString isInt isBool attrNames filter foldl' head tail elem concatMap hasAttr length;
  getPath = path: default: set: if path == [ ] then set else if isAttrs set && hasAttr (head path) set then getPath (tail path) default set.${head path} else default;
  setPath = path: v: if path == [ ] then v else { ${head path} = setPath (tail path) v; };
  merge = a: b: if isAttrs a && isAttrs b && !(a ? _type) && !(b ? _type) then a // builtins.mapAttrs (n: v: if hasAttr n a then merge a.${n} v else v) b else b;
  mk = _type: x: x // { inherit _type; };
  showPath = builtins.concatStringsSep ".";

  mkOption = mk "option";
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };

  # push a definition down to { prio, cond, value }; cond stays lazy until an option is reached
  expandWith = prio: cond: d:
    let t = if isAttrs d then d._type or null else null; in
    if t == "if" then expandWith prio (cond && d.condition) d.content
    else if t == "merge" then concatMap (expandWith prio cond) d.contents
    else if t == "override" then expandWith d.priority cond d.content
    else [ { inherit prio cond; value = d; } ];
  live = filter (d: d.cond);

  scalar = name: check: { inherit name check; mergeDefs = path: vs: if length vs == 1 || foldl' (ok: v: ok && v == head vs) true vs then head vs else throw "conflicting definitions for ${showPath path}"; };
  types = rec {
    unspecified = scalar "unspecified" (_: true);
    anything = { name = "anything"; check = _: true; mergeDefs = path: vs: if isAttrs (head vs) then foldl' merge { } vs else if isList (head vs) then concatMap (x: x) vs else (scalar "" (_: true)).mergeDefs path vs; };
    str = scalar "string" isString;
    bool = scalar "boolean" isBool;
    int = scalar "signed integer" isInt;
    path = scalar "absolute path" (x: builtins.substring 0 1 (toString x) == "/");
    package = scalar "package" (x: isAttrs x && x ? outPath);
    ints.positive = scalar "positive integer" (x: isInt x && x > 0);
    nullOr = t: { name = "null or ${t.name}"; check = v: v == null || t.check v; mergeDefs = path: vs: if head vs == null then null else t.mergeDefs path vs; };
    enum = xs: scalar "one of a set" (v: elem v xs);
    listOf = t: { name = "list of ${t.name}"; check = isList; mergeDefs = path: vs: map (v: mergeType (path ++ [ "*" ]) t (live (expandWith 100 true v))) (concatMap (x: x) vs); };
    attrsOf = t: { name = "attribute set of ${t.name}"; check = isAttrs; mergeDefs = path: vs: builtins.listToAttrs (concatMap (n:
      let ds = concatMap (v: if hasAttr n v then live (expandWith 100 true v.${n}) else [ ]) vs; in
      if ds == [ ] then [ ] else [ { name = n; value = mergeType (path ++ [ n ]) t ds; } ]) (attrNames (foldl' (a: v: a // v) { } vs))); };
    submodule = m: { name = "submodule"; check = isAttrs; mergeDefs = path: vs: (evalAt path ([ m ] ++ map (config: { inherit config; }) vs) { }).config; };
  };
  mergeType = path: t: ds:
    let best = foldl' (m: d: if d.prio < m then d.prio else m) 1000000 ds; vs = map (d: d.value) (filter (d: d.prio == best) ds); in
    foldl' (acc: v: if t.check v then acc else throw "definition of ${showPath path} is not of type ${t.name}") (t.mergeDefs path vs) vs;

  isOption = o: isAttrs o && o ? _type && o._type == "option";
  normalize = args: m:
    let m' = if builtins.isPath m || isString m then import m else m; v = if isFunction m' then m' args else m'; in
    concatMap (normalize args) (v.imports or [ ]) ++ [ (if v ? options || v ? config || v ? freeformType then { options = v.options or { }; config = v.config or { }; freeformType = v.freeformType or null; } else { options = { }; config = removeAttrs v [ "imports" ]; freeformType = null; }) ];
  # descend definitions through mkIf/mkMerge along a path
  defsAt = path: ds: if path == [ ] then ds else defsAt (tail path) (concatMap (d: if isAttrs d.value && hasAttr (head path) d.value then expandWith d.prio d.cond d.value.${head path} else [ ]) ds);
  evalAt = prefix: modules: specialArgs:
    let
      ms = concatMap (normalize ({ inherit config lib; options = opts; } // specialArgs)) modules;
      opts = foldl' merge { } (map (m: m.options) ms);
      free = foldl' (a: m: if m.freeformType != null then m.freeformType else a) null ms;
      defs = concatMap (m: expandWith 100 true m.config) ms;
      build = path: o:
        if isOption o then
          let ds = live (defsAt path defs); all = if ds == [ ] then (if o ? default then [ { prio = 1500; value = o.default; } ] else throw "option ${showPath (prefix ++ path)} has no value") else ds; in
          mergeType (prefix ++ path) (o.type or types.unspecified) all
        else builtins.mapAttrs (n: v: build (path ++ [ n ]) v) o;
      # unknown definitions
      unknown = path: o: concatMap (d: if isOption o || !isAttrs d.value then [ ] else concatMap (n: if hasAttr n o then (if isOption o.${n} then [ ] else unknown (path ++ [ n ]) o.${n}) else [ (path ++ [ n ]) ]) (attrNames d.value)) (defsAt path defs);
      bad = unknown [ ] opts;
      freeVals = if free == null then { } else (free.mergeDefs prefix (map (d: removeAttrs d.value (attrNames opts)) (live defs)));
      config = if free == null && bad != [ ] then throw "unknown option ${showPath (prefix ++ head bad)}" else freeVals // build [ ] opts;
    in { inherit config; options = opts; };

  lib = {
    inherit mkOption mkIf mkMerge mkOverride types;
    mkDefault = mkOverride 1000; mkForce = mkOverride 50;
    mkEnableOption = d: mkOption { type = types.bool; default = false; description = d; };
    mkPackageOption = pkgs: name: _: mkOption { type = types.package; default = pkgs.${name}; };
    evalModules = { modules, specialArgs ? { } }: evalAt [ ] modules specialArgs;
    getExe = p: "${p}/bin/${p.meta.mainProgram}";
    makeBinPath = ps: builtins.concatStringsSep ":" (map (p: "${p}/bin") ps);
    optional = c: x: if c then [ x ] else [ ]; optionals = c: x: if c then x else [ ]; optionalAttrs = c: x: if c then x else { };
    literalExpression = text: { _type = "literalExpression"; inherit text; };
    concatStringsSep = builtins.concatStringsSep; mapAttrsToList = f: s: map (n: f n s.${n}) (attrNames s);
  };
in lib
