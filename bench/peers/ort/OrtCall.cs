using Microsoft.ML.OnnxRuntime;

namespace EvsNative.Peers;

/// <summary>A graph that ONNX Runtime has optimised and whose weights it has packed, with its inputs.</summary>
internal sealed class OrtCall : IPreparedCall
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputNames, _outputNames;
    private readonly OrtValue[] _inputs;
    private IDisposableReadOnlyCollection<OrtValue>? _results;

    /// <param name="request">the graph</param>
    /// <param name="style">how it is written and optimised</param>
    /// <param name="threads">threads of one operation</param>
    public OrtCall(PeerRequest request, OnnxStyle style, int threads)
    {
        // The session maps the file of weights into memory; it may lose its name after that.
        string folder = Directory.CreateTempSubdirectory("evsnative-ort").FullName;
        try
        {
            using var graph = new OnnxGraph(folder, style, new Numbers(RequestGraph.IsNetwork(request)));
            RequestGraph.Write(graph, request);
            using var options = Options(style, threads);
            _session = new InferenceSession(graph.Write(), options);
            _inputNames = [.. graph.Inputs.Select(input => input.Name)];
            _inputs = [.. graph.Inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Numbers, input.Shape))];
            _outputNames = [.. graph.Outputs];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Run()
    {
        _results?.Dispose();
        _results = _session.Run(_run, _inputNames, _inputs, _outputNames);
    }

    public float[] Results() => [.. _results!.SelectMany(result => result.GetTensorDataAsSpan<float>().ToArray())];

    public void Dispose()
    {
        _results?.Dispose();
        foreach (var input in _inputs) input.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private static SessionOptions Options(OnnxStyle style, int threads)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel =
                style.IsBlocked ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        return options;
    }
}
