using EvsNative.Cli;

// Before anything else is loaded: what follows needs files to be opened.
return OpenFiles.AreTooFew(args) ? Faults.UnusableInput : CommandLine.RunProcess(args);
