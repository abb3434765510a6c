using System.CommandLine;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>evsnative weights convert</c>: weights of any format as safetensors, in another layout or type, with LoRAs.</summary>
internal static class ConvertCommand
{
    /// <summary>The rows of a run that change what is written.</summary>
    private static readonly Setting[] Rows =
        [ModelSettings.Vae, ModelSettings.Tokenizer, ModelSettings.Loras, ModelSettings.MotionKind, OutputSettings.Json];

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var input = new Argument<string?>("input") { Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output", "-o") { Description = "a .safetensors file, or with any other name a folder" };
        var type = new Option<string?>("--type") { Description = "f16, bf16, f32 or keep (default): the type of the numbers" };
        var layout = new Option<string?>("--layout")
        {
            Description = "keep, diffusers or original: whose names the tensors get; default: keep from file to file, "
                + "diffusers in a folder, original in a file that is made of a folder",
        };
        var force = new Option<bool>("--force") { Description = "replace what an earlier run of this command has made" };
        const string about = "Writes weights anew: pickles as safetensors, one file as a folder and back, other types, LoRAs merged in.";
        var command = new Command("convert", about) { input, output, type, layout, force };
        var options = new SettingOptions(command, Rows);
        command.SetAction(said =>
        {
            var choices = options.Read(said);
            var request = new ConversionRequest(
                Given(said.GetValue(input), "the input is missing: name a file of weights, a model's folder, or owner/name"),
                Given(said.GetValue(output), "-o is missing: name the .safetensors file, or the folder, to write"))
            {
                Type = Type(said.GetValue(type)),
                Layout = Layout(said.GetValue(layout)),
                Vae = choices.Get(ModelSettings.Vae),
                Tokenizer = choices.Get(ModelSettings.Tokenizer),
                Loras = choices.Get(ModelSettings.Loras) ?? [],
                MotionKind = choices.Get(ModelSettings.MotionKind),
                Force = said.GetValue(force),
            };
            return Run(request, choices.Get(OutputSettings.Json) == true, told, stop);
        });
        return command;
    }

    private static int Run(ConversionRequest request, bool json, NoticeLog told, CancellationToken stop)
    {
        IEnumerable<string> read = [request.Input, .. request.Loras.Select(lora => lora.Path)];
        var beside = new[] { request.Vae, request.Tokenizer }.OfType<string>();
        OutputConflicts.Check(read.Concat(beside).Select(path => ModelPath.Resolve(path)), request.Output);
        var result = RunProgress.Watch(json, (progress, _) => Converter.Convert(
            request, (what, share) => progress?.Report(new RunStatus(RunPart.Write, what, share)), stop));
        foreach (var notice in result.Notices)
        {
            told.Add(notice);
            Faults.Say(notice.Message);
        }

        string? lost = Screen.Try(() =>
        {
            if (json) ScriptOutput.Write(Facts(result));
            else Screen.Show($"{result.Output}: {result.What}, {result.Tensors} tensors, {RunTable.Bytes(result.Bytes)}");
        });
        if (lost is not null) Faults.Say($"the summary could not be shown ({lost}); the weights are {result.Output}");
        // A script that goes on with the name it gave must not go on with what somebody else put there.
        return result.Output == request.Output ? 0 : Faults.UnusableInput;
    }

    private static object Facts(ConversionResult result) => new
    {
        output = result.Output,
        what = result.What,
        layout = InputCodes.Kebab(result.Layout.ToString()),
        files = result.Files,
        tensors = result.Tensors,
        bytes = result.Bytes,
        warnings = Faults.Words(result.Notices),
    };

    private static string Given(string? word, string missing) =>
        string.IsNullOrWhiteSpace(word) ? throw new InputException(InputCode.NotGiven, missing) : word;

    private static StoredType? Type(string? word) => word?.ToLowerInvariant() switch
    {
        null or "keep" => null,
        "f16" or "fp16" => StoredType.F16,
        "bf16" => StoredType.BF16,
        "f32" or "fp32" => StoredType.F32,
        _ => throw new InputException(InputCode.UnknownWord, $"--type {word}: f16, bf16, f32 or keep"),
    };

    private static ConversionLayout? Layout(string? word) => word?.ToLowerInvariant() switch
    {
        null => null,
        "keep" => ConversionLayout.Keep,
        "diffusers" => ConversionLayout.Diffusers,
        "original" => ConversionLayout.Original,
        _ => throw new InputException(InputCode.UnknownWord, $"--layout {word}: keep, diffusers or original"),
    };
}
